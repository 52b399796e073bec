/** What of an exchange itself can be searched; what was said in it is found by its steps. `error`: JSON. */
export function exchangeSearchText(url: string, error: string | null): string {
  if (error === null) return url;
  const { code, message } = JSON.parse(error) as { code: string; message: string };
  return `${url}\n${code}\n${message}`;
}
