import { type CommitOperation, commitIter, createRepo, datasetInfo, HubApiError, listFiles } from '@huggingface/hub';
import { SluiceError } from '../../../shared/errors.js';

export interface HubFile {
  path: string;
  size: number;
  /** Hash of its content as git names it; of a large file, of the pointer to it. */
  oid?: string | undefined;
  /** SHA-256 of a large file's content. */
  sha256?: string | undefined;
}

interface Progress {
  path: string;
  /** 0..1 of what is done with it. */
  share: number;
  state: 'hashing' | 'uploading' | 'error';
}

/** What the Hub is asked for one repository of datasets. What its client throws is passed on as it is. */
export function openHub(at: { endpoint: string; repo: string; token: string; fetch: typeof fetch }) {
  const { endpoint, repo, token } = at;
  const access = { hubUrl: endpoint, accessToken: token, fetch: at.fetch };
  const designation = { type: 'dataset', name: repo } as const;

  return {
    /** Null: there is no such repository, or the token may not see it. */
    async state(): Promise<{ private: boolean; head: string | null } | null> {
      try {
        const info = await datasetInfo({ name: repo, additionalFields: ['sha'], revision: 'main', ...access });
        return { private: info.private === true, head: info.sha ?? null };
      } catch (error) {
        if (error instanceof HubApiError && error.statusCode === 404) return null;
        throw error;
      }
    },

    /** Makes the repository; false where one is there already, which stays as it is. */
    async create(isPrivate: boolean): Promise<boolean> {
      try {
        // What the owner's settings say holds where nothing is asked for.
        await createRepo({ repo: designation, ...(isPrivate ? { visibility: 'private' } : {}), ...access });
        return true;
      } catch (error) {
        if (error instanceof HubApiError && error.statusCode === 409) return false;
        throw error;
      }
    },

    async files(): Promise<HubFile[]> {
      const files: HubFile[] = [];
      try {
        for await (const { type, path, size, oid, lfs } of listFiles({ repo: designation, recursive: true, ...access }))
          if (type === 'file') files.push({ path, size, oid, sha256: lfs?.oid });
      } catch (error) {
        // Nothing was committed to it yet.
        if (!(error instanceof HubApiError) || error.statusCode !== 404) throw error;
      }
      return files;
    },

    /** A small file as it lies there; null: there is none. */
    async text(path: string): Promise<string | null> {
      const response = await at.fetch(`${endpoint}/datasets/${repo}/resolve/main/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (response.status === 404) return null;
      if (!response.ok) throw new SluiceError('hub_refused', `The Hub answered ${response.status} for ${path}.`);
      return response.text();
    },

    /**
     * What is given is there whole or not at all. Large files go ahead of it, those that the Hub has are passed over.
     * By plain uploads rather than by chunks: what arrived of a push that was killed is known by the file.
     * @returns the commit's hash; null where the Hub tells none
     */
    async commit(
      operations: CommitOperation[],
      words: { title: string; description: string },
      { head, signal }: { head: string | null; signal: AbortSignal },
      onProgress: (progress: Progress) => void,
    ): Promise<string | null> {
      const steps = commitIter({
        repo: designation,
        operations,
        ...words,
        ...(head === null ? {} : { parentCommit: head }),
        useXet: false,
        abortSignal: signal,
        ...access,
      });
      for (;;) {
        const step = await steps.next();
        if (step.done) return step.value?.commit.oid ?? null;
        const { value } = step;
        if (value.event === 'fileProgress') onProgress({ path: value.path, share: value.progress, state: value.state });
      }
    },
  };
}
