import type { Handlers } from '../../../shared/contract/operation.js';
import type { renderContract } from '../../../shared/contract/render.js';
import { chatTemplates } from '../../dataset/render/index.js';
import type { EngineContext } from '../context.js';

/** Rows as chat templates write them. */
export function renderPart({ reading }: Pick<EngineContext, 'reading'>) {
  const render: Handlers<typeof renderContract> = {
    templates: () => chatTemplates.map(({ id, title, description = '' }) => ({ id, title, description })),
    row: (wanted) => reading.render(wanted),
  };
  return { id: 'render', services: { render } };
}
