// Opens a data package with npm's datapackage: `package.js datapackage.json`. JSON: the errors, and the rows of each table.
const {Package} = require('datapackage');
const path = require('path');

(async () => {
  const file = process.argv[2];
  const found = await Package.load(file, {strict: false, basePath: path.dirname(file)});
  const rows = {}, errors = found.errors.map(String);
  for (const table of found.resources) {
    try {
      rows[table.name] = (await table.read({keyed: true})).length;
      await table.checkRelations();
    } catch (why) {
      errors.push(`${table.name}: ${why.message} ${(why.errors || []).slice(0, 3).map(String).join('; ')}`);
    }
  }
  console.log(JSON.stringify({valid: found.valid, errors, rows}));
})();
