/** Metrics as they are typed, a name and a number a line; text that says what is wrong where they are none. */
export function metricsIn(text: string): Record<string, number> | string {
  const metrics: Record<string, number> = {};
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue;
    const [, name, value] = /^(.+?)\s*[\s:=]\s*(\S+)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !Number.isFinite(Number(value)))
      return `"${line}" is no name with a number behind it.`;
    metrics[name] = Number(value);
  }
  return metrics;
}
