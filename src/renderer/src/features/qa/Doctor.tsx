import { Button } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Answer } from '../../components/layout/Answer.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { WithCode } from '../../components/WithCode.js';
import { trpc } from '../../rpc/client.js';
import classes from './qa.module.css';

/** What running tests needs, whether it is there, and what to do where it is not. */
export function Doctor() {
  const doctor = useQuery(trpc.qa.doctor.queryOptions(undefined, { staleTime: 0 }));
  return (
    <>
      <PanelSection
        title="What tests need"
        actions={
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconRefresh size={13} />}
            loading={doctor.isFetching}
            onClick={() => void doctor.refetch()}
          >
            Look again
          </Button>
        }
      >
        <Answer query={doctor} label="Looking what is there" lines={5}>
          {({ ok, prerequisites }) => (
            <>
              <p className={classes.note} role="status">
                {ok
                  ? 'Everything that tests need is there.'
                  : 'Something is missing: runs fail or wait until it is there.'}
              </p>
              <ul className={classes.prerequisites} aria-label="What tests need">
                {prerequisites.map((each) => (
                  <li key={each.id} data-ok={each.ok}>
                    {each.ok ? (
                      <IconCircleCheck size={16} aria-label="there" />
                    ) : (
                      <IconAlertTriangle size={16} aria-label="missing" />
                    )}
                    <div>
                      <strong>{each.title}</strong>
                      <p>
                        <WithCode text={each.detail} />
                      </p>
                      {each.next !== null && (
                        <p className={classes.next}>
                          <WithCode text={each.next} />
                        </p>
                      )}
                    </div>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Answer>
      </PanelSection>
      <PanelSection title="What earlier runs left">
        <Reap />
      </PanelSection>
    </>
  );
}

function Reap() {
  const reap = useMutation(trpc.qa.reap.mutationOptions());
  return (
    <>
      <p className={classes.note}>
        Containers, volumes and temporary images carry this data folder’s label, and are removed at start. Runs under
        way keep theirs.
      </p>
      <Button variant="default" size="compact-xs" loading={reap.isPending} onClick={() => reap.mutate()}>
        Remove what was left
      </Button>
      {reap.data && (
        <p className={classes.note} role="status">
          {removedText(reap.data)}
        </p>
      )}
      {reap.isError && <FailureNotice error={reap.error} />}
    </>
  );
}

function removedText({ containers, volumes, images }: { containers: number; volumes: number; images: number }): string {
  if (containers + volumes + images === 0) return 'Nothing was left.';
  return `Removed: ${containers} containers, ${volumes} volumes, ${images} images.`;
}
