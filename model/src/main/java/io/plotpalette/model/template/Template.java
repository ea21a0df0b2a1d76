package io.plotpalette.model.template;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * One stored version of a template. Versions never change.
 *
 * @param templateId UUIDv7, the same for all versions
 * @param version starts at 1
 * @param userId the owner: the {@code sub} of the user's token
 * @param requiredFields paths every seed entry must have, derived when the version was written
 */
public record Template(
    String templateId,
    int version,
    String userId,
    TemplateDefinition definition,
    List<String> requiredFields,
    Instant createdAt) {

  public Template {
    Objects.requireNonNull(templateId, "templateId");
    Objects.requireNonNull(userId, "userId");
    Objects.requireNonNull(definition, "definition");
    requiredFields = List.copyOf(requiredFields);
    Objects.requireNonNull(createdAt, "createdAt");
  }
}
