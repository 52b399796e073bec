import { useEffect } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { useDroppedFiles } from './features/import/index.js';
import { Shell, TokenPage } from './features/shell/index.js';
import { useHashLocation } from './navigation/hash-location.js';
import { useKeyOverrides } from './navigation/key-overrides.js';
import { pages } from './pages.js';
import { useConnection } from './rpc/connection.js';
import { getToken } from './rpc/session.js';
import { startTicks } from './rpc/ticks.js';

const routes = pages.flatMap(({ path, component, below = [] }) => [{ path, component }, ...below]);

export function App() {
  const connection = useConnection();
  if (!getToken() || connection === 'refused') return <TokenPage refused={connection === 'refused'} />;
  return (
    <Router hook={useHashLocation}>
      <Studio />
    </Router>
  );
}

function Studio() {
  useEffect(startTicks, []);
  useDroppedFiles();
  // Pages bind their keys as they are drawn.
  useKeyOverrides();
  return (
    <Shell pages={pages}>
      <Switch>
        {routes.map(({ path, component }) => (
          <Route key={path} path={path} component={component} />
        ))}
        <Route>
          <Redirect to={pages[0]?.path ?? '/'} replace />
        </Route>
      </Switch>
    </Shell>
  );
}
