import { useQuery } from '@tanstack/react-query';
import type { DataPlace } from '../../../../../shared/model/index.js';
import { Bytes } from '../../../components/Bytes.js';
import { ErrorState } from '../../../components/ErrorState.js';
import { LoadingState } from '../../../components/LoadingState.js';
import { trpc } from '../../../rpc/client.js';
import classes from './data.module.css';

const protections: Record<DataPlace['protection'], string> = {
  redacted: 'Redacted',
  encrypted: 'Encrypted',
  secret: 'For this user alone',
  plain: 'Readable',
};

export function Places() {
  const places = useQuery(trpc.privacy.places.queryOptions());
  if (places.isError) return <ErrorState error={places.error} onRetry={() => void places.refetch()} />;
  if (places.isPending) return <LoadingState label="Looking" lines={8} />;
  return (
    <table className={classes.places}>
      <thead>
        <tr>
          <th scope="col">Place</th>
          <th scope="col">Protection</th>
          <th scope="col" className={classes.number}>
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {places.data.map(({ id, path, holds, protection, bytes, exists }) => (
          <tr key={id}>
            <td>
              <code>{path}</code>
              <p>{holds}</p>
            </td>
            <td>{protections[protection]}</td>
            <td className={classes.number}>{exists ? <Bytes value={bytes} /> : <span className="dim">none</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
