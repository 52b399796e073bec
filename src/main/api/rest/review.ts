import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import { namedTrace, type RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

const labels = { tag: 'labels' };

/** Queues, what reviewers say besides reviews, and what they take back. */
export function reviewRoutes(rest: { app: RestApp; operations: Operations; services: { intake: Intake } }): void {
  const { app, operations, services } = rest;
  const { queues, agreement, acts, labels: labelOperations, comparisons, suggestions, reviews } = operations;
  const ofTrace = { ...labels, ...namedTrace(services.intake) };

  expose(app, 'GET /queues', queues.list, { tag: 'queues', items: true });
  expose(app, 'POST /queues', queues.create, { tag: 'queues', status: 201 });
  expose(app, 'GET /queues/:name', queues.get, { tag: 'queues' });
  expose(app, 'PUT /queues/:name', queues.change, { tag: 'queues', body: 'settings' });
  expose(app, 'DELETE /queues/:name', queues.delete, { tag: 'queues', gone: 'deleted' });
  expose(app, 'POST /queues/:name/next', queues.next, { tag: 'queues' });
  expose(app, 'GET /queues/:name/items', queues.items, { tag: 'queues' });
  expose(app, 'POST /queues/:name/items/:item_id/submit', queues.submit, { tag: 'queues' });
  expose(app, 'PUT /queues/:name/items/:item_id/draft', queues.keepDraft, { tag: 'queues', body: 'draft' });
  expose(app, 'POST /queues/:name/items/:item_id/skip', queues.skip, { tag: 'queues' });
  expose(app, 'POST /queues/:name/items/:item_id/reopen', queues.reopen, { tag: 'queues' });

  expose(app, 'GET /reviews/agreement', agreement.get, { tag: 'reviews' });
  expose(app, 'GET /reviews/acts', acts.list, { tag: 'reviews' });
  expose(app, 'POST /reviews/undo', acts.undo, { tag: 'reviews' });
  expose(app, 'POST /reviews/redo', acts.redo, { tag: 'reviews' });
  expose(app, 'POST /reviews/bulk', reviews.changeMatching, { tag: 'reviews' });

  expose(app, 'GET /traces/:id/labels', labelOperations.get, ofTrace);
  expose(app, 'POST /traces/:id/corrections', labelOperations.correct, { ...ofTrace, status: 201 });
  expose(app, 'PUT /corrections/:correction_id', labelOperations.editCorrection, labels);
  expose(app, 'DELETE /corrections/:correction_id', labelOperations.removeCorrection, { ...labels, gone: 'removed' });
  expose(app, 'POST /traces/:id/step-labels', labelOperations.labelStep, ofTrace);
  expose(app, 'POST /traces/:id/first-wrong-step', labelOperations.firstWrongStep, ofTrace);
  expose(app, 'DELETE /step-labels/:step_label_id', labelOperations.removeStepLabel, { ...labels, gone: 'removed' });
  expose(app, 'GET /labels', labelOperations.export, labels);
  expose(app, 'POST /labels', labelOperations.import, labels);

  expose(app, 'GET /comparisons/candidates', comparisons.candidates, labels);
  expose(app, 'GET /comparisons/align', comparisons.align, labels);
  expose(app, 'POST /comparisons', comparisons.set, labels);
  expose(app, 'DELETE /comparisons/:comparison_id', comparisons.remove, { ...labels, gone: 'removed' });

  expose(app, 'GET /traces/:id/suggestions', suggestions.get, { ...ofTrace, items: true });
  expose(app, 'POST /traces/:id/suggestions/accept', suggestions.accept, ofTrace);
}
