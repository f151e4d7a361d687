// The CDK command line ends with 1 whatever its app ends with. Where the app refuses to go on (2), so does `scripts/cdk`.
const processes = require("node:child_process");

const spawn = processes.spawn;
let refused = false;

processes.spawn = (...given) => {
  const child = spawn(...given);
  child.on("exit", (code) => {
    refused = refused || code === 2;
  });
  return child;
};

process.on("exit", (code) => {
  if (code === 1 && refused) process.exitCode = 2;
});
