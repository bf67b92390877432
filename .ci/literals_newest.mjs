// What the editor of Prometheus makes of queries: its grammar is as new as the server. Reads a list of them as JSON and
// writes one, with what is wrong with each or null. The folder with its packages is the argument.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const load = createRequire(resolve(process.argv[2], "package.json"));
const { EditorState } = load("@codemirror/state");
const { parser } = load("@prometheus-io/lezer-promql");
const { Parser } = load("@prometheus-io/codemirror-promql/dist/cjs/parser/parser.js");

function judged(doc) {
  const read = new Parser(EditorState.create({ doc }));
  // All of it at once: an editor reads on while nobody types.
  read.tree = parser.parse(doc);
  try {
    read.analyze();
  } catch (error) {
    return `it fails: ${error.message}`;
  }
  const found = read.getDiagnostics().find((found) => found.severity !== "warning");
  return found === undefined ? null : found.message;
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(judged)));
