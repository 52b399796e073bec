import { EmptyState } from '../../components/layout/EmptyState.js';
import { Page } from '../../components/layout/Page.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { JobList } from './JobList.js';
import classes from './jobs.module.css';

/** What takes its time: every job, newest first, with how far it is and what it says. */
export function JobsPage() {
  return (
    <Page title="Jobs">
      <Scroll>
        <div className={classes.page}>
          <JobList
            label="Jobs"
            empty={<EmptyState title="No jobs yet">Exports, imports, validation and re-scans run as jobs.</EmptyState>}
          />
        </div>
      </Scroll>
    </Page>
  );
}
