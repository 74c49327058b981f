import { notFound, OperationOutcomeError, type SearchRequest, type WithId } from '@medplum/core';
import { MemoryRepository } from '@medplum/fhir-router';
import { openIndex } from './council-index.js';

type Resource = Parameters<MemoryRepository['createResource']>[0];
declare const library: MemoryRepository;
type History<T extends Resource> = ReturnType<typeof library.readHistory<T>>;
type Found<T extends Resource> = ReturnType<typeof library.search<T>>;

/** What stood before a change; null where nothing did. */
type Change = { kind: 'written' | 'deleted'; resourceType: string; id: string; before: Resource | null };

/**
 * The library's repository in memory, with what a council's real server has and this one lacks: a transaction that
 * fails leaves nothing behind, versions are numbered and kept in order, and an identifier is found by an index. A class because the library asks for one.
 */
export class CouncilRecords extends MemoryRepository {
  private readonly versions = new Map<string, Resource[]>();
  private readonly changes: Change[] = [];
  private readonly index = openIndex();
  private depth = 0;

  /** Every write ends here: the library's updates, patches and conditional writes call it too. */
  override async createResource<T extends Resource>(resource: T): Promise<WithId<T>> {
    const id = resource.id ?? this.generateId();
    const before = this.index.get(resource.resourceType, id);
    const kept = this.kept(resource.resourceType, id);
    const meta = { ...resource.meta, versionId: String(kept.length + 1), lastUpdated: new Date().toISOString() };
    const stored = frozen(await super.createResource({ ...resource, id, meta }));
    this.index.put(stored);
    kept.push(stored);
    this.remember({ kind: 'written', resourceType: resource.resourceType, id, before });
    return stored;
  }

  override async deleteResource(resourceType: string, id: string): Promise<void> {
    const before = this.index.get(resourceType, id);
    await super.deleteResource(resourceType, id);
    this.index.forget(resourceType, id);
    this.remember({ kind: 'deleted', resourceType, id, before });
  }

  override async withTransaction<Result>(work: (client: undefined) => Promise<Result>): Promise<Result> {
    const mark = this.changes.length;
    this.depth += 1;
    try {
      return await work(undefined);
    } catch (error) {
      await this.undoTo(mark);
      throw error;
    } finally {
      this.depth -= 1;
      if (this.depth === 0) this.changes.length = 0;
    }
  }

  /** Newest first; the library reverses its own list in place, so that every other answer is upside down. */
  override async readHistory<T extends Resource>(resourceType: string, id: string): Promise<Awaited<History<T>>> {
    const history: Awaited<History<T>> = await super.readHistory<T>(resourceType, id);
    const newestFirst = [...this.kept(resourceType, id)].reverse() as T[];
    return { ...history, entry: newestFirst.map((resource) => ({ resource })) };
  }

  override async readVersion<T extends Resource>(resourceType: string, id: string, versionId: string): Promise<T> {
    const version = this.kept(resourceType, id).find(({ meta }) => meta?.versionId === versionId);
    if (!version) throw new OperationOutcomeError(notFound);
    return version as T;
  }

  /** In the order of the library, which copies everybody whom it finds before it takes the page that was asked for. */
  override async search<T extends Resource>(request: SearchRequest<T>): Promise<Awaited<Found<T>>> {
    if (request.sortRules?.length) return super.search(request);
    const found = this.index.find(request) as WithId<T>[];
    const { offset = 0, count = found.length } = request;
    const page = found.slice(offset, offset + count).map((resource) => ({ resource }));
    const entry = page.length > 0 ? { entry: page } : {};
    return { resourceType: 'Bundle', type: 'searchset', total: found.length, ...entry };
  }

  private kept(resourceType: string, id: string): Resource[] {
    const key = `${resourceType}/${id}`;
    const kept = this.versions.get(key) ?? [];
    this.versions.set(key, kept);
    return kept;
  }

  private remember(change: Change): void {
    if (this.depth > 0) this.changes.push(change);
  }

  private async undoTo(mark: number): Promise<void> {
    for (const { kind, resourceType, id, before } of this.changes.splice(mark).reverse()) {
      if (before) this.index.put(frozen(await super.createResource(before)));
      else await super.deleteResource(resourceType, id);
      if (!before) this.index.forget(resourceType, id);
      if (kind === 'written') this.kept(resourceType, id).pop();
    }
  }
}

/** So that an answer need not be a copy: nothing that was kept can change. */
function frozen<T extends object>(kept: T): T {
  for (const value of Object.values(kept)) if (typeof value === 'object' && value !== null) frozen(value);
  return Object.freeze(kept);
}
