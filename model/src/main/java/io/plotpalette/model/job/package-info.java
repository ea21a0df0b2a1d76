/**
 * The contract of generation jobs: what the API writes, what the generator writes, and what a line
 * of a dataset holds. {@link io.plotpalette.model.job.JobJson} is the one form of it, in JSON and
 * in DynamoDB.
 */
package io.plotpalette.model.job;
