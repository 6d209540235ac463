// Calls Cognito Sync with AWS's SDK for JavaScript: one {operation, parameters} a line in, one {answer} or {refusal} out.
import { createInterface } from "node:readline";

import * as sdk from "@aws-sdk/client-cognito-sync";

const client = new sdk.CognitoSyncClient({ maxAttempts: 1 });

// Dates travel as seconds since the epoch.
const asDate = (name, value) => (name.endsWith("Date") ? new Date(value * 1000) : value);
function asSeconds(name, value) {
  return this[name] instanceof Date ? this[name].getTime() / 1000 : value;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { operation, parameters } = JSON.parse(line, asDate);
  let outcome;
  try {
    const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](parameters));
    outcome = { answer };
  } catch (error) {
    outcome = { refusal: [error.name, error.$metadata?.httpStatusCode, error.message] };
  }
  console.log(JSON.stringify(outcome, asSeconds));
}
