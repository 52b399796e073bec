import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import * as z from 'zod';
import type { Json } from '../../../../../shared/model/index.js';
import { downloadJobFile } from '../../../host/download.js';
import classes from './data.module.css';

const fileSchema = z.object({ out: z.string(), traces: z.number(), exchanges: z.number() });

/** The file with everything held on somebody, and where it lies. */
export function SubjectFile({ jobId, result }: { jobId: string; result: Json }) {
  const download = useMutation({ mutationFn: () => downloadJobFile(jobId, 'subject.json') });
  const file = fileSchema.safeParse(result);
  if (!file.success) return null;
  const { out, traces, exchanges } = file.data;
  return (
    <>
      <Button variant="default" size="compact-sm" loading={download.isPending} onClick={() => download.mutate()}>
        Download
      </Button>
      <p className={classes.remark}>
        {traces.toLocaleString('en')} traces and {exchanges.toLocaleString('en')} exchanges, in <code>{out}</code>.
        Erasing the person deletes this file as well.
      </p>
    </>
  );
}
