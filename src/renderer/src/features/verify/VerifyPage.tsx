import { Tabs } from '@mantine/core';
import { Redirect, useLocation, useParams } from 'wouter';
import { Page } from '../../components/layout/Page.js';
import { tabs } from './tabs.js';
import classes from './verify.module.css';

/** Whether results hold and reasoning is sound: tests, judges, and how far the judges can be trusted; a tab each. */
export function VerifyPage() {
  const { tab } = useParams();
  const [, navigate] = useLocation();
  const shown = tabs.find(({ id }) => id === tab);
  if (shown === undefined) return <Redirect to={`/verify/${tabs[0]?.id}`} replace />;
  return (
    <Page title="Verify">
      <Tabs
        value={shown.id}
        onChange={(id) => id !== null && navigate(`/verify/${id}`)}
        className={classes.tabs}
        keepMounted={false}
        activateTabWithKeyboard
      >
        <Tabs.List className={classes.tabList} aria-label="Parts of verifying">
          {tabs.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={shown.id} className={classes.panel}>
          <shown.component />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
