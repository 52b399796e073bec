import type { ComponentProps } from 'react';
import classes from './LinkButton.module.css';

/** A button that reads like a link: small, within a line of facts. What opens from it adds a class of its own. */
export function LinkButton({
  tone,
  className = '',
  ...props
}: ComponentProps<'button'> & { tone?: 'red' | undefined }) {
  return <button type="button" {...props} className={`${classes.link} ${className}`} data-tone={tone} />;
}
