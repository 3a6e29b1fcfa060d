#!/bin/sh
# npm datapackage 1.1.10: an encoding "utf-8-sig" is valid and then refused; with "utf-8" the mark is part of a name.
#
# Behaviour: Excel asks for a mark (BOM) at the beginning of a CSV. Python's readers of data packages take the
#   encoding "utf-8-sig" for that; the one for JavaScript knows no such name, and with "utf-8" leaves the mark on the
#   first column's name.
# Seen: the package is valid each time; "utf-8-sig" ends in "Unknown encoding: utf-8-sig", "utf-8" in a column 'id'
#   that is missing.
# Here: the tables of a package have no mark, since their words are ASCII, and it says "utf-8".
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v npm >/dev/null || { echo "npm is missing (Debian: npm)"; exit 2; }
cd "$work"
npm install --silent --no-audit --no-fund datapackage@1.1.10 || exit 2
printf '\357\273\277id,name\n1,x\n' > t.csv
cat > look.js <<'JS'
const {Package} = require('datapackage');
const fields = [{name: 'id', type: 'integer'}, {name: 'name', type: 'string'}];
(async () => {
  const seen = [];
  for (const encoding of ['utf-8', 'utf-8-sig']) {
    const table = {name: 't', path: 't.csv', profile: 'tabular-data-resource', encoding, schema: {fields}};
    const found = await Package.load({name: 'p', profile: 'tabular-data-package', resources: [table]}, {basePath: '.'});
    let said = 'no error';
    try { await found.resources[0].read(); } catch (why) { said = why.message; }
    console.log(`${encoding}: valid ${found.valid}; ${said}`);
    seen.push(found.valid && said);
  }
  const asFound = seen[0].startsWith('The column header names do not match') && seen[1] === 'Unknown encoding: utf-8-sig';
  process.exit(asFound ? 0 : 1);
})();
JS
node look.js
