import type { ConfidenceBand, FindingPlacement } from '../../../../../shared/model/index.js';

export const placementTitles: Record<FindingPlacement, string> = {
  url: 'URL',
  request_header: 'Request header',
  response_header: 'Response header',
  system_prompt: 'System prompt',
  message: 'Message',
  answer: 'Answer',
  tool_arguments: 'Tool arguments',
  tool_result: 'Tool result',
  tool_definition: 'Tool definition',
  request_body: 'Other request body',
  response_body: 'Other response body',
  title: 'Title',
  metadata: 'Metadata',
  error: 'Error message',
  note: 'Review note',
  tag: 'Tag',
  filter: 'Saved filter',
  name: 'Name',
  setting: 'Setting',
};

export const bandTitles: Record<ConfidenceBand, string> = {
  certain: 'Certain, 95 % and more',
  likely: 'Likely, 80 % and more',
  possible: 'Possible, less than 80 %',
};

/** `CREDIT_CARD` as people read it. */
export function entityTitle(entity: string): string {
  return entity.replaceAll('_', ' ').toLowerCase();
}

/** Whether this names one value: a mask is the same for all of them, an invented value is none of ours. */
export function isPseudonym(replacement: string): boolean {
  return /^<[A-Z][A-Z0-9_]*_[0-9a-f]{8}>$/.test(replacement);
}
