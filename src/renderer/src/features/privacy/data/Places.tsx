import { useQuery } from '@tanstack/react-query';
import type { DataPlace } from '../../../../../shared/model/index.js';
import { Bytes } from '../../../components/Bytes.js';
import { Answer } from '../../../components/layout/Answer.js';
import { Table } from '../../../components/Table.js';
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
  return (
    <Answer query={places} label="Looking">
      {(all) => <PlaceTable places={all} />}
    </Answer>
  );
}

function PlaceTable({ places }: { places: DataPlace[] }) {
  return (
    <Table className={classes.places}>
      <thead>
        <tr>
          <th scope="col">Place</th>
          <th scope="col">Protection</th>
          <th scope="col" data-number>
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {places.map(({ id, path, holds, protection, bytes, exists }) => (
          <tr key={id}>
            <td>
              <code>{path}</code>
              <p>{holds}</p>
            </td>
            <td>{protections[protection]}</td>
            <td data-number>{exists ? <Bytes value={bytes} /> : <span className="dim">none</span>}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
