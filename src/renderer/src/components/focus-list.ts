/** The list that the focus was sent to may be read anew first. */
let awaited = false;

/** From the bar that narrows a list to the list itself; out of the bar alone where none is shown. */
export function focusList(bar: HTMLElement): void {
  bar.blur();
  if (bar.closest('[aria-modal=true]')) return;
  awaited = true;
  const stop = (event: FocusEvent) => {
    // Without a next place it was taken away under the focus.
    if (!(event.relatedTarget instanceof HTMLElement)) return;
    awaited = false;
    document.removeEventListener('focusout', stop);
  };
  document.querySelector<HTMLElement>('main [role=grid]')?.focus({ preventScroll: true });
  document.addEventListener('focusout', stop);
}

/** For a list that is drawn: it has the focus that was sent to it while it was read, where nobody else took it since. */
export function takeFocus(list: HTMLElement): void {
  if (awaited && (document.activeElement === document.body || document.activeElement === null)) {
    list.focus({ preventScroll: true });
  }
}
