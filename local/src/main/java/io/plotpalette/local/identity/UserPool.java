package io.plotpalette.local.identity;

import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolEvent.CallerContext;
import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import com.nimbusds.jwt.JWTClaimsSet;
import io.plotpalette.local.identity.Account.Confirmation;
import io.plotpalette.local.identity.Account.Session;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Users who sign up with an e-mail address, prove it with a code, and log in with a password: the
 * rules of a Cognito user pool whose user name is the address and that hides who has an account.
 * Every change is on disk before its method returns.
 */
final class UserPool {
  static final String REGION = "us-east-1";
  static final String POOL_ID = REGION + "_PlotPalette";
  static final String CLIENT_ID = "plotpalettelocal";
  static final Duration TOKEN_LIFE = Duration.ofHours(1);

  private static final Duration CODE_LIFE = Duration.ofHours(24);
  private static final Duration SESSION_LIFE = Duration.ofDays(30);
  private static final int REFRESH_TOKEN_BYTES = 48;
  private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s.]+(\\.[^@\\s.]+)+");
  private static final Logger LOGGER = LoggerFactory.getLogger(UserPool.class);

  private final Environment environment;
  private final UserPoolFile file;
  private final TokenSigner signer;
  private final PasswordHash nobodysPassword = PasswordHash.ofNobody();
  private final Map<String, Account> accounts = new ConcurrentHashMap<>();

  /**
   * What the pool needs from outside.
   *
   * @param issuer asked for each token, because it holds the server's port
   * @param postConfirmation called once a user is confirmed, as Cognito calls its trigger
   * @param ids unique each time
   */
  record Environment(
      Supplier<String> issuer,
      CodeDelivery codes,
      Consumer<CognitoUserPoolPostConfirmationEvent> postConfirmation,
      InstantSource clock,
      SecureRandom random,
      Supplier<UUID> ids) {}

  /** Tokens of a log-in; {@code refreshToken} is null when they came from one. */
  record Tokens(String accessToken, String idToken, String refreshToken) {}

  /** Continues with the accounts and the key in {@code file}, or starts with none. */
  UserPool(UserPoolFile file, Environment environment) {
    this.file = file;
    this.environment = environment;
    Optional<UserPoolFile.Content> content = file.read();
    if (content.isPresent()) {
      signer = TokenSigner.withKey(content.get().signingKey());
      content.get().accounts().forEach(account -> accounts.put(account.email(), account));
    } else {
      signer = TokenSigner.withNewKey(environment.random());
      save();
    }
  }

  Map<String, Object> publicKeys() {
    return signer.publicKeys();
  }

  /** Returns the new user's id. */
  String signUp(String username, String password) {
    String email = key(username);
    if (!EMAIL.matcher(email).matches()) {
      throw CognitoException.invalidParameter("Username should be an email.");
    }
    PasswordPolicy.check(password);
    PasswordHash hash = PasswordHash.of(password, environment.random());
    Confirmation confirmation = newConfirmation();
    String sub = newId();
    synchronized (this) {
      if (accounts.containsKey(email)) {
        throw new CognitoException(
            "UsernameExistsException", "An account with the given email already exists.");
      }
      put(new Account(sub, email, hash, confirmation, List.of(), List.of()));
    }
    environment.codes().deliver(email, confirmation.code());
    return sub;
  }

  void resendConfirmationCode(String username) {
    Optional<Account> account = find(username);
    if (account.isEmpty()) {
      // The same answer as for a known address.
      return;
    }
    if (account.get().isConfirmed()) {
      throw CognitoException.invalidParameter("User is already confirmed.");
    }
    Confirmation confirmation = newConfirmation();
    change(account.get(), a -> a.awaiting(confirmation));
    environment.codes().deliver(account.get().email(), confirmation.code());
  }

  void confirmSignUp(String username, String code) {
    Account confirmed;
    synchronized (this) {
      Account account =
          find(username)
              .orElseThrow(
                  () ->
                      new CognitoException(
                          "ExpiredCodeException",
                          "Invalid code provided, please request a code again."));
      check(account, code);
      confirmed = change(account, Account::confirmed);
    }
    try {
      environment.postConfirmation().accept(postConfirmationOf(confirmed));
    } catch (RuntimeException e) {
      LOGGER.error("The post-confirmation trigger failed for user {}", confirmed.sub(), e);
      throw new CognitoException(
          "UserLambdaValidationException", "PostConfirmation failed with an error.");
    }
  }

  private void check(Account account, String code) {
    if (account.isConfirmed()) {
      throw CognitoException.notAuthorized("User cannot be confirmed. Current status is CONFIRMED");
    }
    if (!environment.clock().instant().isBefore(account.confirmation().expiresAt())) {
      throw new CognitoException(
          "ExpiredCodeException", "Invalid code provided, please request a code again.");
    }
    if (!sameBytes(code, account.confirmation().code())) {
      throw new CognitoException(
          "CodeMismatchException", "Invalid verification code provided, please try again.");
    }
  }

  private CognitoUserPoolPostConfirmationEvent postConfirmationOf(Account account) {
    return CognitoUserPoolPostConfirmationEvent.builder()
        .withVersion("1")
        .withTriggerSource("PostConfirmation_ConfirmSignUp")
        .withRegion(REGION)
        .withUserPoolId(POOL_ID)
        .withUserName(account.sub())
        .withCallerContext(CallerContext.builder().withClientId(CLIENT_ID).build())
        .withRequest(
            CognitoUserPoolPostConfirmationEvent.Request.builder()
                .withUserAttributes(
                    Map.of(
                        "sub",
                        account.sub(),
                        "email",
                        account.email(),
                        "email_verified",
                        "true",
                        "cognito:user_status",
                        "CONFIRMED"))
                .build())
        .build();
  }

  Tokens logIn(String username, String password) {
    Optional<Account> known = find(username);
    // Hashed for unknown users too: the time must not tell who has an account.
    boolean matches = known.map(Account::password).orElse(nobodysPassword).matches(password);
    Account account =
        known
            .filter(a -> matches)
            .orElseThrow(() -> CognitoException.notAuthorized("Incorrect username or password."));
    if (!account.isConfirmed()) {
      throw new CognitoException("UserNotConfirmedException", "User is not confirmed.");
    }
    Instant now = environment.clock().instant();
    String refreshToken = randomToken();
    Session session = new Session(newId(), sha256(refreshToken), now, now.plus(SESSION_LIFE));
    return tokens(change(account, a -> a.loggedIn(session, now)), session, refreshToken);
  }

  Tokens refresh(String refreshToken) {
    String hash = sha256(refreshToken);
    for (Account account : accounts.values()) {
      Optional<Session> session = account.sessionOfRefreshToken(hash);
      if (session.isPresent()) {
        if (!environment.clock().instant().isBefore(session.get().expiresAt())) {
          throw CognitoException.notAuthorized("Refresh Token has expired");
        }
        return tokens(account, session.get(), null);
      }
    }
    throw CognitoException.notAuthorized("Invalid Refresh Token");
  }

  /** The user an access token was issued to, while its log-in lasts. */
  Account authenticated(String accessToken) {
    JWTClaimsSet claims = signer.verify(accessToken);
    try {
      if (!"access".equals(claims.getStringClaim("token_use"))
          || !environment.issuer().get().equals(claims.getIssuer())) {
        throw CognitoException.notAuthorized("Invalid Access Token");
      }
      if (!environment.clock().instant().isBefore(claims.getExpirationTime().toInstant())) {
        throw CognitoException.notAuthorized("Access Token has expired");
      }
      String session = claims.getStringClaim("origin_jti");
      Account account =
          accounts.values().stream()
              .filter(a -> a.sub().equals(claims.getSubject()))
              .findFirst()
              .orElseThrow(CognitoException::userNotFound);
      if (!account.hasSession(session)) {
        throw CognitoException.notAuthorized("Access Token has been revoked");
      }
      return account;
    } catch (ParseException e) {
      throw CognitoException.notAuthorized("Invalid Access Token");
    }
  }

  /** Ends every log-in of the token's user. */
  void globalSignOut(String accessToken) {
    change(authenticated(accessToken), Account::signedOut);
  }

  /** Forgets the token's user; the address is free for a new one, who gets another id. */
  synchronized void deleteUser(String accessToken) {
    Account account = authenticated(accessToken);
    accounts.remove(account.email());
    try {
      save();
    } catch (RuntimeException e) {
      accounts.put(account.email(), account);
      throw e;
    }
  }

  /**
   * Puts a user in a group, as an administrator would.
   *
   * @throws CognitoException if nobody signed up with {@code username}
   */
  void addToGroup(String username, String group) {
    Account account = find(username).orElseThrow(CognitoException::userNotFound);
    change(account, a -> a.inGroup(group));
  }

  private Tokens tokens(Account account, Session session, String refreshToken) {
    JWTClaimsSet accessToken =
        claims(account, session)
            .claim("token_use", "access")
            .claim("scope", "aws.cognito.signin.user.admin")
            .claim("client_id", CLIENT_ID)
            .claim("username", account.sub())
            .build();
    JWTClaimsSet idToken =
        claims(account, session)
            .claim("token_use", "id")
            .audience(CLIENT_ID)
            .claim("cognito:username", account.sub())
            .claim("email", account.email())
            .claim("email_verified", true)
            .build();
    return new Tokens(signer.sign(accessToken), signer.sign(idToken), refreshToken);
  }

  private JWTClaimsSet.Builder claims(Account account, Session session) {
    Instant now = environment.clock().instant();
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .subject(account.sub())
            .issuer(environment.issuer().get())
            .claim("origin_jti", session.id())
            .claim("auth_time", session.authTime().getEpochSecond())
            .issueTime(Date.from(now))
            .expirationTime(Date.from(now.plus(TOKEN_LIFE)))
            .jwtID(newId());
    if (!account.groups().isEmpty()) {
      claims.claim("cognito:groups", account.groups());
    }
    return claims;
  }

  private Optional<Account> find(String username) {
    return Optional.ofNullable(accounts.get(key(username)));
  }

  /** Applies {@code change} to the account as it is now, not as the caller read it. */
  private synchronized Account change(Account account, UnaryOperator<Account> change) {
    Account current =
        find(account.email())
            .filter(found -> found.sub().equals(account.sub()))
            .orElseThrow(CognitoException::userNotFound);
    Account changed = change.apply(current);
    put(changed);
    return changed;
  }

  private synchronized void put(Account account) {
    Account before = accounts.put(account.email(), account);
    try {
      save();
    } catch (RuntimeException e) {
      if (before == null) {
        accounts.remove(account.email());
      } else {
        accounts.put(before.email(), before);
      }
      throw e;
    }
  }

  private void save() {
    file.write(new UserPoolFile.Content(signer.privateKey(), List.copyOf(accounts.values())));
  }

  private static String key(String username) {
    return username.toLowerCase(Locale.ROOT);
  }

  private Confirmation newConfirmation() {
    String code = String.format(Locale.ROOT, "%06d", environment.random().nextInt(1_000_000));
    return new Confirmation(code, environment.clock().instant().plus(CODE_LIFE));
  }

  private String randomToken() {
    byte[] bytes = new byte[REFRESH_TOKEN_BYTES];
    environment.random().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private String newId() {
    return environment.ids().get().toString();
  }

  private static boolean sameBytes(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  private static String sha256(String text) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
