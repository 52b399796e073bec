/** Lets the browser save what the page holds as a file. */
function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  saveAddress(name, url);
  // The download has begun with the click; the content must not stay in memory for as long as the page.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Lets the browser save what an address gives. */
export function saveAddress(name: string, address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

export function saveText(name: string, text: string): void {
  saveFile(name, new Blob([text], { type: 'text/plain;charset=utf-8' }));
}
