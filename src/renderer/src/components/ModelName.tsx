import { Missing } from './Missing.js';

export function ModelName({ name }: { name: string | null | undefined }) {
  if (!name) return <Missing label="no model" />;
  return (
    <span className="ellipsis" title={name}>
      {name}
    </span>
  );
}
