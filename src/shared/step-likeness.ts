/**
 * What kind of thing a step says, of the fields that come back as they were: by it the steps that an export names are found again among
 * those that are made anew.
 */
export function stepLikeness(step: { readonly [field: string]: unknown }): string {
  return ['type', 'role', 'tool_call_id', 'derived'].map((field) => String(step[field] ?? '')).join('\0');
}
