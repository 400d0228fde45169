// Compiles each schema that is named with ajv in full strict mode; exits with 1 if one is refused.
import { readFileSync } from "node:fs";
import addFormats from "ajv-formats";
import Ajv from "ajv/dist/2020.js";

let failures = 0;
for (const path of process.argv.slice(2)) {
  // strictRequired is the one check that `strict` leaves out.
  const ajv = new Ajv({ strict: true, strictRequired: true });
  addFormats(ajv);
  try {
    ajv.compile(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    console.log(`${path}: ${error.message}`);
    failures += 1;
  }
}
process.exit(failures ? 1 : 0);
