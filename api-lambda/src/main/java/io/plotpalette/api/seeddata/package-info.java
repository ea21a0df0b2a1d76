/** Seed data: uploaded by the user, checked before any job uses it. */
package io.plotpalette.api.seeddata;
