/** What a post runs: one version of a strategy, as configured or as deployed. */
import type { StrategyPlan } from '../configuration/plan.ts';
import type { DeployedPost, DeployedStrategyPosts } from './deployed.ts';

export interface PostPlan extends Omit<StrategyPlan, 'parameters'> {
  /** 0: as configured. */
  readonly deployment: number;
  readonly isActive: boolean;
  /** Of the code; '' as configured: then the file runs as it is. */
  readonly digest: string;
  readonly parameters: unknown;
  /** Where copies of deployed code are kept. */
  readonly codeFolder: string;
}

export function postKey({ deployment, id }: Pick<PostPlan, 'id' | 'deployment'>): string {
  return `${id}.${deployment}`;
}

/** All that shall run: what entries say of a strategy goes before what the file says of it. */
export function postPlans(
  configured: readonly StrategyPlan[],
  deployed: readonly DeployedStrategyPosts[],
  codeFolder: string,
): PostPlan[] {
  const plans: PostPlan[] = [];
  for (const plan of configured) {
    if (deployed.some(({ strategyId }) => strategyId === plan.id)) continue;
    plans.push({ ...plan, deployment: 0, isActive: true, digest: '', codeFolder });
  }
  for (const { posts, strategyId } of deployed) {
    for (const post of posts) {
      const plan = planOf(
        post,
        configured.find(({ id }) => id === strategyId),
        codeFolder,
      );
      if (plan !== undefined) plans.push(plan);
    }
  }
  return plans;
}

/** Undefined for a configured version on a node whose file does not have the strategy. */
function planOf(post: DeployedPost, configured: StrategyPlan | undefined, codeFolder: string): PostPlan | undefined {
  const { deployment, isActive } = post;
  if (deployment === 0) {
    if (configured === undefined) return undefined;
    const parameters: unknown = post.parameters === '' ? configured.parameters : JSON.parse(post.parameters);
    return { ...configured, parameters, deployment, isActive, digest: '', codeFolder };
  }
  const { digest, file, memoryMb, mode, onFailure, ordersOnHalt, parameters, strategyId } = post;
  return {
    id: strategyId,
    file,
    parameters: JSON.parse(parameters) as unknown,
    mode,
    memoryMb,
    onFailure,
    ordersOnHalt,
    deployment,
    isActive,
    digest,
    codeFolder,
  };
}
