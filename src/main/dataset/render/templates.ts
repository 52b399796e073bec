import shipped from '../../../../resources/chat-templates/templates.json' with { type: 'json' };
import { byId, type Listed, listOf } from '../../ground/list.js';

/** A chat template that is shipped: its licence and source stand beside it in resources/chat-templates. */
export interface ShippedTemplate extends Listed {
  text: string;
}

const { licence, source, templates } = shipped;

/** Templates of model families whose assistant turns are marked by generation tags. */
export const chatTemplates = listOf(
  'chat templates',
  templates.map(
    ({ id, title, file, text }): ShippedTemplate => ({
      id,
      title,
      description: `${file} of ${source}, ${licence}`,
      text,
    }),
  ),
);

export const chatTemplatesById: { readonly [id: string]: ShippedTemplate } = byId(chatTemplates);
