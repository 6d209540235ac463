// A JavaScript app meets a conflict and a throttled call, and a test that controls the server over HTTP sees what happened.
//
//   mock-cognitosync --port 5000 &
//   node conflict.mjs http://localhost:5000

import assert from "node:assert/strict";
import { CognitoSyncClient, ListRecordsCommand, UpdateRecordsCommand } from "@aws-sdk/client-cognito-sync";

const server = process.argv[2] ?? process.env.AWS_ENDPOINT_URL ?? "http://localhost:5000";

/** Send a request to the control API and return the answer. */
async function control(method, path, body) {
  const url = `${server}/moto-api/cognito-sync/v1${path}`;
  const response = await fetch(url, { method, body: body && JSON.stringify(body) });
  const answer = response.status === 204 ? {} : await response.json();
  if (!response.ok) throw new Error(answer.message);
  return answer;
}

// The app: it stores a value, and if another device was faster, it lists again and keeps the longer text.

const client = new CognitoSyncClient({
  endpoint: server,
  region: "us-east-1",
  credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
});

async function store(dataset, key, text) {
  const { Records, SyncSessionToken } = await client.send(new ListRecordsCommand(dataset));
  const known = Records.find((record) => record.Key === key);
  const value = known?.Value?.length > text.length ? known.Value : text;
  const patch = { Op: "replace", Key: key, Value: value, SyncCount: known?.SyncCount ?? 0 };
  try {
    await client.send(new UpdateRecordsCommand({ ...dataset, SyncSessionToken, RecordPatches: [patch] }));
  } catch (error) {
    if (error.name !== "ResourceConflictException") throw error;
    await store(dataset, key, text);
  }
}

// The test.

const { identity_pool_id, identity_id } = await control("POST", "/users");
const dataset = { IdentityPoolId: identity_pool_id, IdentityId: identity_id, DatasetName: "notes" };
const path = `/pools/${identity_pool_id}/identities/${identity_id}/datasets/notes`;

// Another device writes just before the app does, and the SDK has to repeat its first call.
const scope = { identity_pool_id, identity_id };
const hook = await control("POST", "/hooks", {
  operation: "UpdateRecords",
  action: { method: "put", ...scope, dataset: "notes", records: { todo: "buy milk and bread" } },
  ...scope,
});
const fault = await control("POST", "/faults", {
  kind: "fail",
  operation: "ListRecords",
  error: "TooManyRequestsException",
  attempts: 1,
  ...scope,
});

await store(dataset, "todo", "buy milk");

const { records, sync_count } = await control("GET", path);
assert.deepEqual(records, { todo: "buy milk and bread" });
assert.equal(sync_count, 2);
assert.equal((await control("GET", `/faults/${fault.number}`)).times_injected, 1);
assert.equal((await control("GET", `/hooks/${hook.number}`)).times_run, 1);

const query = new URLSearchParams({ identity_pool_id, at_least: "4", wait: "10" });
const { calls, count } = await control("GET", `/calls?${query}`);
assert.equal(count, 4);
for (const { operation, attempt, error, hint } of calls) {
  console.log(`${operation}, attempt ${attempt}: ${error ?? "ok"}${hint ? `\n  ${hint}` : ""}`);
}
