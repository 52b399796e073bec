import { describe, expect, it } from 'vitest';
import { found } from './support.js';

describe('organisations', () => {
  it.each([
    ['I used to work for Aunt Bertha Inc until May.', ['Aunt Bertha Inc']],
    ['Birkholm Logistics GmbH sent the invoice.', ['Birkholm Logistics GmbH']],
    ['She works at Xignite as an analyst.', ['Xignite']],
    ['Tomas is from Hawkins, Richardson and Santana', ['Hawkins, Richardson and Santana']],
    ['Telenav is a design agency based in Oslo.', ['Telenav']],
    ['He was treated at the Szabadka Hospital.', ['Szabadka Hospital']],
  ])('%s', (text, names) => expect(found(text, 'ORGANISATION')).toEqual(names));

  it.each([
    ['makers of software', 'Copyright 2024 Google LLC and Microsoft Corporation; the Apache Software Foundation.'],
    ['shouted licences', 'IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES'],
    ['header names', "res.setHeader('Content-Type', 'text/plain'); Set-Cookie and Accept-Version too"],
    ['groups of things', 'The Button Group and the Data Systems page of the docs'],
    ['notations', 'A Read-Only property in Key-Value form'],
  ])('none in %s', (_name, text) => expect(found(text, 'ORGANISATION')).toEqual([]));
});
