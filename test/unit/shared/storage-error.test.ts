import { expect, it } from 'vitest';
import { SluiceError } from '../../../src/shared/errors.js';
import { storageError } from '../../../src/shared/storage-error.js';

const withCode = (code: string) => Object.assign(new Error('/home/somebody/sluice.db'), { code });

it.each(['ENOSPC', 'EDQUOT', 'SQLITE_FULL'])('%s is a full disk, and names no path', (code) => {
  expect(storageError(withCode(code))).toMatchObject({
    code: 'storage_failing',
    status: 507,
    message: `The disk is full (${code}).`,
  });
});

it.each(['EROFS', 'EACCES', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY_DBMOVED'])('%s is a disk that refuses', (code) => {
  expect(storageError(withCode(code))).toMatchObject({ code: 'storage_failing' });
});

it.each([withCode('ENOENT'), withCode('SQLITE_CONSTRAINT'), new Error('x'), new SluiceError('engine_busy', 'x'), null])(
  'another error is none: %s',
  (error) => expect(storageError(error)).toBeNull(),
);
