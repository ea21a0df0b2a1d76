package io.plotpalette.model.user;

/** Names of a user's attributes: the same in JSON and DynamoDB. */
public final class UserAttribute {
  public static final String USER_ID = "user_id";
  public static final String EMAIL = "email";
  public static final String DISPLAY_NAME = "display_name";
  public static final String TIME_ZONE = "time_zone";
  public static final String CREATED_AT = "created_at";
  public static final String UPDATED_AT = "updated_at";
  public static final String VERSION = "version";

  /**
   * Only in DynamoDB: {@link #EVERYBODY} for every user, so that the index {@code by-created} lists
   * them without a scan. One partition is enough, because it is written at sign-up and seldom else.
   */
  public static final String DIRECTORY = "directory";

  public static final String EVERYBODY = "users";

  private UserAttribute() {}
}
