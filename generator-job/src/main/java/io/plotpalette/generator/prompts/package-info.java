/**
 * What a job asks and what it makes of the answers: its seed data, its rendered prompts, its
 * checked outputs, its records. Nothing here belongs on a task's own thread.
 */
package io.plotpalette.generator.prompts;
