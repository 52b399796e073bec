import type { ComponentProps } from 'react';
import classes from './LinkButton.module.css';

/** A button that reads like a link: small, within a line of facts. */
export function LinkButton({ tone, ...props }: ComponentProps<'button'> & { tone?: 'red' | undefined }) {
  return <button type="button" className={classes.link} data-tone={tone} {...props} />;
}
