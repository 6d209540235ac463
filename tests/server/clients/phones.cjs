// Phones of the official library amazon-cognito-js: one {phone, method, ...} a line in, one {result} or {error} out.
"use strict";
const { createInterface } = require("node:readline");

require("aws-sdk/lib/maintenance_mode_message").suppress = true;
const AWS = require("aws-sdk");
require("amazon-cognito-js");

const environment = process.env;
AWS.config.update({ region: environment.AWS_REGION, maxRetries: 0, endpoint: environment.AWS_ENDPOINT_URL });

const phones = {};
let fail;

// The library throws some of its errors where no caller can catch them.
process.on("uncaughtException", (error) => fail(error));

const called = (method, ...given) =>
  new Promise((resolve, reject) => method(...given, (error, result) => (error ? reject(error) : resolve(result))));

const RESOLUTIONS = {
  local: (conflict) => conflict.resolveWithLocalRecord(),
  remote: (conflict) => conflict.resolveWithRemoteRecord(),
  both: (conflict) =>
    conflict.resolveWithValue(`${conflict.getRemoteRecord().getValue()}+${conflict.getLocalRecord().getValue()}`),
};

const methods = {
  // The library reads pool and identity from the credentials that are configured when a manager is created.
  async create({ phone, pool, identity }) {
    const credentials = new AWS.Credentials(environment.AWS_ACCESS_KEY_ID, environment.AWS_SECRET_ACCESS_KEY);
    AWS.config.credentials = Object.assign(credentials, { params: { IdentityPoolId: pool }, identityId: identity });
    phones[phone] = new AWS.CognitoSyncManager({ DataStore: AWS.CognitoSyncManager.StoreInMemory });
  },
  async put({ dataset, records }) {
    for (const [key, value] of Object.entries(records)) await called(dataset.put.bind(dataset), key, value);
  },
  async remove({ dataset, key }) {
    await called(dataset.remove.bind(dataset), key);
  },
  // The name of each callback that the library used, the final one last.
  synchronize({ dataset, resolution, accepts }) {
    const heard = [];
    return new Promise((resolve) =>
      dataset.synchronize({
        onSuccess: () => resolve([...heard, "onSuccess"]),
        onFailure: (error) => resolve([...heard, `onFailure: ${error.message}`]),
        onConflict(_, conflicts, proceed) {
          heard.push("onConflict");
          if (!resolution) return proceed(false);
          dataset.resolve(conflicts.map(RESOLUTIONS[resolution]), () => proceed(true));
        },
        onDatasetDeleted(_, name, proceed) {
          heard.push("onDatasetDeleted");
          proceed(accepts);
        },
        onDatasetsMerged(_, names, proceed) {
          heard.push("onDatasetsMerged");
          proceed(accepts);
        },
      }),
    );
  },
  async state({ dataset }) {
    const records = await called(dataset.getAllRecords.bind(dataset));
    const metadata = await called(dataset.getDatasetMetadata.bind(dataset));
    const counted = records.map((record) => [
      record.getKey(),
      [record.getValue(), record.getSyncCount(), record.isModified()],
    ]);
    return { records: Object.fromEntries(counted), lastSyncCount: metadata ? metadata.getLastSyncCount() : 0 };
  },
};

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const { method, name, ...given } = JSON.parse(line);
    const failed = new Promise((_, reject) => (fail = reject));
    let outcome;
    try {
      if (name) given.dataset = await called((done) => phones[given.phone].openOrCreateDataset(name, done));
      outcome = { result: (await Promise.race([methods[method](given), failed])) ?? null };
    } catch (error) {
      outcome = { error: error.message };
    }
    console.log(JSON.stringify(outcome));
  }
}

main();
