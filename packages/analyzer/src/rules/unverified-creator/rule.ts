import { isCommit } from '../../model/uses.ts'
import { unitOf } from '../../model/types.ts'
import { defineRule } from '../../rule.ts'

export const unverifiedCreator = defineRule({
  id: 'unverified-creator',
  title: 'An action from somebody whom GitHub has not verified',
  severity: 'info',
  confidence: 'medium',
  level: 'audit',
  maturity: 'stable',
  since: 2026,
  catalogue: ['E12'],
  cwe: ['CWE-1357'],
  cicd: ['CICD-SEC-3'],
  fix: 'none',

  *uses(uses, place, { policies }) {
    if (uses.kind !== 'repository' || VERIFIED.has(uses.owner)) return
    // Whoever the team allows needs no badge, nor does the team itself.
    if (policies.allowedActions.length > 0 || unitOf(place)?.repository.name.toLowerCase().startsWith(`${uses.owner}/`)) return
    const pinned = isCommit(uses.ref)
    yield {
      at: uses.node,
      severity: pinned ? 'info' : 'low',
      message: `${uses.owner} is not among the creators that GitHub has verified${pinned ? '' : ', and the version can be changed under you'}.`,
    }
  },
})

/** Owners with the badge of a verified creator on the Marketplace, as far as known. Source: their pages there, 2026-08. */
const VERIFIED: ReadonlySet<string> = new Set(
  (
    'actions github advanced-security dependabot 1password akeyless-community amazon aquasecurity armorcode astral-sh atlassian auth0 aws-actions azure azure-samples bitrise-io bridgecrewio bufbuild buildkite canonical changesets checkmarx chromaui circleci clerk ' +
    'cloudflare codacy codecov codefresh-io codspeedhq cypress-io databricks datadog datree denoland deno depot digitalocean docker doppler dopplerhq elastic endorlabs expo facebook fastly firebaseextended flyio fossas getsentry gitguardian gittools golangci google-github-actions ' +
    'google-gemini goreleaser gradle grafana hashicorp helm heroku honeycombio huggingface infracost ibm jetbrains jfrog kong launchdarkly lacework linear mathworks meilisearch microsoft mongodb neondatabase netlify newrelic nodejs npm nrwl octokit octopusdeploy okteto openai ' +
    'oracle-actions ossf oven-sh pagerduty percy planetscale pnpm postmanlabs pulumi pypa qltysh railwayapp redhat-actions render replicate rubygems ruby rust-lang salesforce sap sigstore slackapi slsa-framework snyk sonarsource sourcegraph stackhawk step-security ' +
    'stripe supabase swift-actions teleport-actions tailscale terraform-linters trufflesecurity trunk-io twilio vercel veracode volta-cli wiz-sec zizmorcore anthropics anchore'
  ).split(' '),
)
