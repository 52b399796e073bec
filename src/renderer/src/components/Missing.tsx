/** Stands where a value is unknown: never zero, never invented. */
export function Missing({ label = 'unknown' }: { label?: string }) {
  return (
    <span className="dim">
      <span aria-hidden="true">–</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
