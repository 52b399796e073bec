import { Button } from '@mantine/core';
import classes from './Pager.module.css';

interface Props {
  /** From 0. */
  page: number;
  pages: number;
  onPage(page: number): void;
}

/** The pages of a short list within a page; nothing where there is one. */
export function Pager({ page, pages, onPage }: Props) {
  if (pages <= 1) return null;
  return (
    <nav className={classes.pager} aria-label="Pages">
      <Button variant="default" size="compact-xs" disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous page
      </Button>
      <span className="num">
        {(page + 1).toLocaleString('en')} of {pages.toLocaleString('en')}
      </span>
      <Button variant="default" size="compact-xs" disabled={page + 1 >= pages} onClick={() => onPage(page + 1)}>
        Next page
      </Button>
    </nav>
  );
}
