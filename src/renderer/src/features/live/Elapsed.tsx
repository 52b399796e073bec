import { useEffect, useState } from 'react';
import { formatDuration } from '../../components/format.js';

/** Time since a moment, counted up while in sight. */
export function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 200);
    return () => clearInterval(timer);
  }, []);
  const ms = Math.max(0, now - Date.parse(since));
  // Tenths are enough for what still moves.
  return <span className="num">{ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : formatDuration(ms)}</span>;
}
