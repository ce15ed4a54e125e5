// Adds up what the test runners reported and prints the closing line.
// Usage: node eng/count-tests.mjs RESULTS_FOLDER [FAILED_STEP ...]
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, ...failedSteps] = process.argv.slice(2);
const sum = { passed: 0, failed: 0, skipped: 0 };

for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), "utf8");
  if (name.endsWith(".trx")) {
    const counters = /<Counters ([^>]*)\/>/.exec(text)?.[1] ?? "";
    const number = (key) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(counters)?.[1] ?? 0);
    sum.passed += number("passed");
    sum.failed += number("failed") + number("error") + number("timeout") + number("aborted");
    sum.skipped += number("notExecuted");
  } else if (name === "explorer.json") {
    const report = JSON.parse(text);
    sum.passed += report.numPassedTests;
    sum.failed += report.numFailedTests;
    sum.skipped += report.numPendingTests;
  }
}

// A step that failed without a failed test (build, format, a crashed runner) counts as one failure.
if (sum.failed === 0) sum.failed = failedSteps.length;
for (const step of failedSteps) console.error(`failed step: ${step}`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed > 0 || sum.passed === 0 ? 1 : 0);
