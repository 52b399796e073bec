import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import type { RestApp } from './rest-app.js';

/** Profiles of language models, and what was asked of them. */
export function modelRoutes({ app, operations: { models } }: { app: RestApp; operations: Operations }): void {
  expose(app, 'GET /models', models.list, { tag: 'models', items: true });
  expose(app, 'GET /models/presets', models.presets, { tag: 'models', items: true });
  expose(app, 'GET /models/calls', models.calls, { tag: 'models' });
  expose(app, 'GET /models/calls/:id', models.call, {
    tag: 'models',
    params: { id: { field: 'call_id', id: 'call of a model' } },
  });
  expose(app, 'POST /models', models.set, { tag: 'models', status: 201 });
  expose(app, 'POST /models/:name/agree', models.agree, { tag: 'models' });
  expose(app, 'POST /models/:name/probe', models.probe, { tag: 'models' });
  expose(app, 'DELETE /models/:name', models.remove, { tag: 'models', gone: 'removed' });
}
