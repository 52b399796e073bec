import { exportsContract, leaksContract } from '../../../shared/contract/datasets.js';
import { schemasContract, validationContract } from '../../../shared/contract/engine.js';
import { importsContract, watchesContract } from '../../../shared/contract/intake.js';
import { jobsContract } from '../../../shared/contract/jobs.js';
import { bind, found } from './operation.js';

export const exports = bind(exportsContract, {
  preview: (options, { services }) => services.exports.preview(options),
  start: ({ out, allow_leaks, ...options }, { services, actor }) =>
    services.exports.start(options, out, { actor, allow_leaks }),
});

export const leaks = bind(leaksContract, {
  start: ({ path, seed }, { services }) => services.leaks.start(path, seed),
  report: async ({ job_id }, { services }) => found(await services.leaks.report(job_id), 'leak report'),
  sampleRow: async ({ job_id, index }, { services }) => found(await services.leaks.sampleRow(job_id, index), 'row'),
});

export const imports = bind(importsContract, {
  list: (_, { services }) => services.imports.list(),
  start: ({ path, as }, { services }) => services.imports.startFile(path, as),
});

export const watches = bind(watchesContract, {
  start: ({ folders }, { services }) => services.watches.start(folders),
  list: (_, { services }) => services.watches.list(),
  get: ({ watch_id }, { services }) => found(services.watches.get(watch_id), 'watch'),
  end: async ({ watch_id }, { services }) => found(await services.watches.end(watch_id), 'watch'),
});

export const jobs = bind(jobsContract, {
  list: ({ cursor, limit, kind }, { services }) => services.jobs.list(cursor ?? null, limit, kind ?? null),
  get: ({ job_id }, { services }) => found(services.jobs.get(job_id), 'job'),
  kinds: (_, { services }) => services.jobs.kinds(),
  cancel: async ({ job_id }, { services }) => found(await services.jobs.cancel(job_id), 'job'),
});

export const validation = bind(validationContract, {
  start: ({ query }, { services }) => services.validation.start(query),
});

export const schemas = bind(schemasContract, {
  list: (_, { services }) => services.validation.schemas(),
  get: ({ name }, { services }) => found(services.validation.schema(name), 'schema'),
});
