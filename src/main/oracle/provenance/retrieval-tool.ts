import type { TrustTier } from '../../../shared/model/gold-trace.js';
import { trustTiers } from '../../../shared/model/gold-trace.js';
import type { Domain, Tool } from '../domains/domain.js';

/** What every domain has besides its own tools: texts that others wrote. */
export const retrievalName = 'search_documents';

/** A text that was retrieved, as a result of the tool holds it. */
export interface RetrievedDocument {
  document_id: string;
  title: string;
  /** How far it can be trusted. */
  trust: TrustTier;
  publisher: string;
  text: string;
  /** What it says in so many words, by the argument that it is for. */
  facts: { [name: string]: string | number | boolean };
}

const tools = new WeakMap<Domain, Tool>();

/** The tool of a domain that brings texts. It reads no rows and changes nothing. */
function retrievalTool(domain: Domain): Tool {
  let tool = tools.get(domain);
  if (tool === undefined) {
    tool = {
      id: `${domain.id}.${retrievalName}`,
      name: retrievalName,
      file: {
        does: 'get',
        about: 'Finds texts, of one’s own house and of others.',
        entity: 'document',
        returns: ['text'],
      },
      entity: 'document',
      arguments: [],
      parameters: {
        type: 'object',
        properties: { query: { type: 'string', minLength: 1 } },
        required: ['query'],
        additionalProperties: false,
      },
      result: {
        type: 'object',
        properties: { documents: { type: 'array', items: document } },
        required: ['documents'],
        additionalProperties: false,
      },
      effect: 'read',
      tier: 'public',
      list: 'documents',
    };
    tools.set(domain, tool);
  }
  return tool;
}

const text = { type: 'string', minLength: 1 };
const document = {
  type: 'object',
  properties: {
    document_id: text,
    title: text,
    trust: { type: 'string', enum: [...trustTiers] },
    publisher: text,
    text,
    facts: { type: 'object' },
  },
  required: ['document_id', 'title', 'trust', 'publisher', 'text', 'facts'],
  additionalProperties: false,
};

/** A tool by its id, the one that brings texts among them, unless the domain has one of that name. */
export function toolNamed(domain: Domain, id: string): Tool | undefined {
  if (!id.startsWith(`${domain.id}.`)) return undefined;
  const name = id.slice(domain.id.length + 1);
  return domain.tools.get(name) ?? (name === retrievalName ? retrievalTool(domain) : undefined);
}

/** Whether a tool brings texts; what it gives is in no world, the trace alone tells it. */
export const isRetrieval = (domain: Domain, tool: Tool): boolean =>
  tool.name === retrievalName && !domain.tools.has(retrievalName);
