/** Generation jobs: checked, estimated and queued here; the generator does the rest. */
package io.plotpalette.api.jobs;
