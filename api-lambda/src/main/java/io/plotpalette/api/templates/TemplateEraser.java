package io.plotpalette.api.templates;

import io.plotpalette.api.users.UserData;
import io.plotpalette.model.template.Template;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** Deletes a user's templates with all their versions. */
public final class TemplateEraser implements UserData {
  private static final int PAGE = 25;

  private final TemplateStore store;

  public TemplateEraser(TemplateStore store) {
    this.store = store;
  }

  @Override
  public boolean erase(String userId, BooleanSupplier goOn) {
    Map<String, String> next = Map.of();
    do {
      TemplateStore.Page page = store.list(userId, PAGE, next);
      for (Template newest : page.templates()) {
        if (!eraseVersions(newest.templateId(), goOn)) {
          return false;
        }
      }
      next = page.nextKey();
    } while (!next.isEmpty());
    return true;
  }

  /** The newest last: the index shows a template for as long as its newest version is there. */
  private boolean eraseVersions(String templateId, BooleanSupplier goOn) {
    while (goOn.getAsBoolean()) {
      List<Template> oldest = store.versionsFromTheFirst(templateId, PAGE);
      if (oldest.isEmpty()) {
        return true;
      }
      oldest.forEach(store::delete);
    }
    return false;
  }
}
