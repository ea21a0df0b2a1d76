package io.plotpalette.local.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.amazonaws.services.lambda.runtime.events.CognitoUserPoolPostConfirmationEvent;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.plotpalette.local.TestingClock;
import io.plotpalette.local.loopback.PortInUseException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cognitoidentityprovider.CognitoIdentityProviderClient;
import software.amazon.awssdk.services.cognitoidentityprovider.model.AttributeType;
import software.amazon.awssdk.services.cognitoidentityprovider.model.AuthFlowType;
import software.amazon.awssdk.services.cognitoidentityprovider.model.AuthenticationResultType;
import software.amazon.awssdk.services.cognitoidentityprovider.model.CodeMismatchException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.ExpiredCodeException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.InvalidParameterException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.InvalidPasswordException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.NotAuthorizedException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.ResourceNotFoundException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.SignUpResponse;
import software.amazon.awssdk.services.cognitoidentityprovider.model.UserLambdaValidationException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.UserNotConfirmedException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.UserNotFoundException;
import software.amazon.awssdk.services.cognitoidentityprovider.model.UsernameExistsException;

class TokenServerIT {
  private static final Instant START = Instant.parse("2026-11-20T08:00:00Z");
  private static final String EMAIL = "ada@example.com";
  private static final String SUB = "5f0c1b0e-0000-4000-8000-000000000001";
  private static final String NEW_EMAIL = "bob@example.com";
  private static final String PASSWORD = "Palette-2026";

  // Making a key and hashing a password take their time.
  private static String signingKey;
  private static PasswordHash password;

  @TempDir private Path folder;

  private final TestingClock clock = new TestingClock(START);
  private final Map<String, String> codes = new HashMap<>();
  private final List<CognitoUserPoolPostConfirmationEvent> confirmed = new ArrayList<>();
  private TokenServer server;
  private CognitoIdentityProviderClient client;

  @BeforeAll
  static void prepare() {
    SecureRandom random = new SecureRandom();
    signingKey = TokenSigner.withNewKey(random).privateKey();
    password = PasswordHash.of(PASSWORD, 1, random);
  }

  @BeforeEach
  void start() {
    Account ada = new Account(SUB, EMAIL, password, null, List.of(), List.of());
    new UserPoolFile(folder).write(new UserPoolFile.Content(signingKey, List.of(ada)));
    start(0);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void signedUpAndConfirmedUserLogsIn() throws Exception {
    SignUpResponse signedUp = signUp();
    confirm(codes.get(NEW_EMAIL));

    AuthenticationResultType result = logIn(NEW_EMAIL, PASSWORD);

    assertThat(signedUp.userConfirmed()).isFalse();
    assertThat(signedUp.codeDeliveryDetails().destination()).isEqualTo("b***@e***");
    assertThat(result.expiresIn()).isEqualTo(3600);
    assertThat(result.tokenType()).isEqualTo("Bearer");
    JWTClaimsSet access = verified(result.accessToken());
    assertThat(access.getClaims())
        .containsEntry("sub", signedUp.userSub())
        .containsEntry("username", signedUp.userSub())
        .containsEntry("iss", server.issuer())
        .containsEntry("client_id", TokenServer.CLIENT_ID)
        .containsEntry("token_use", "access")
        .containsEntry("scope", "aws.cognito.signin.user.admin")
        .containsEntry("auth_time", START.getEpochSecond())
        .containsEntry("iat", Date.from(START))
        .containsEntry("exp", Date.from(START.plusSeconds(3600)))
        .containsKey("jti")
        .doesNotContainKeys("cognito:groups", "email", "aud");
    assertThat(verified(result.idToken()).getClaims())
        .containsEntry("sub", signedUp.userSub())
        .containsEntry("aud", List.of(TokenServer.CLIENT_ID))
        .containsEntry("token_use", "id")
        .containsEntry("email", NEW_EMAIL)
        .containsEntry("email_verified", true);
  }

  @Test
  void confirmationCallsTheTriggerWithTheUser() {
    String sub = signUp().userSub();

    confirm(codes.get(NEW_EMAIL));

    assertThat(confirmed)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getTriggerSource()).isEqualTo("PostConfirmation_ConfirmSignUp");
              assertThat(event.getUserName()).isEqualTo(sub);
              assertThat(event.getUserPoolId()).isEqualTo(TokenServer.POOL_ID);
              assertThat(event.getRequest().getUserAttributes())
                  .containsEntry("sub", sub)
                  .containsEntry("email", NEW_EMAIL);
            });
  }

  @Test
  void failingTriggerIsReportedButTheUserStaysConfirmed() {
    signUp("trigger-fails@example.com");

    assertThatThrownBy(
            () -> confirm("trigger-fails@example.com", codes.get("trigger-fails@example.com")))
        .isInstanceOf(UserLambdaValidationException.class);
    assertThat(logIn("trigger-fails@example.com", PASSWORD).accessToken()).isNotNull();
  }

  @Test
  void groupsAreInTheNextTokens() throws Exception {
    server.addToGroup(EMAIL, "admin");

    assertThat(verified(logIn(EMAIL, PASSWORD).accessToken()).getClaim("cognito:groups"))
        .isEqualTo(List.of("admin"));
  }

  @Test
  void refreshTokenGivesNewTokensOfTheSameLogIn() throws Exception {
    String refreshToken = logIn(EMAIL, PASSWORD).refreshToken();
    clock.advance(Duration.ofDays(29));

    AuthenticationResultType refreshed = refresh(refreshToken);

    assertThat(refreshed.refreshToken()).isNull();
    assertThat(verified(refreshed.accessToken()).getClaims())
        .containsEntry("auth_time", START.getEpochSecond())
        .containsEntry("iat", Date.from(START.plus(Duration.ofDays(29))));
  }

  @Test
  void refreshTokenEndsAfterThirtyDays() {
    String refreshToken = logIn(EMAIL, PASSWORD).refreshToken();

    clock.advance(Duration.ofDays(30));

    assertThatThrownBy(() -> refresh(refreshToken))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Refresh Token has expired"));
    assertThatThrownBy(() -> refresh("made-up"))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Invalid Refresh Token"));
  }

  @Test
  void accessTokenTellsItsUserUntilItExpires() {
    String accessToken = logIn(EMAIL, PASSWORD).accessToken();

    assertThat(client.getUser(get -> get.accessToken(accessToken)).userAttributes())
        .extracting("name", "value")
        .contains(tuple("sub", SUB), tuple("email", EMAIL), tuple("email_verified", "true"));

    clock.advance(Duration.ofHours(1));

    assertThatThrownBy(() -> client.getUser(get -> get.accessToken(accessToken)))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Access Token has expired"));
    assertThatThrownBy(() -> client.getUser(get -> get.accessToken("a.b.c")))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Invalid Access Token"));
  }

  @Test
  void globalSignOutEndsEveryLogIn() {
    AuthenticationResultType result = logIn(EMAIL, PASSWORD);

    client.globalSignOut(signOut -> signOut.accessToken(result.accessToken()));

    assertThatThrownBy(() -> client.getUser(get -> get.accessToken(result.accessToken())))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Access Token has been revoked"));
    assertThatThrownBy(() -> refresh(result.refreshToken()))
        .isInstanceOf(NotAuthorizedException.class);
  }

  @Test
  void unknownUserAndWrongPasswordGetTheSameAnswer() {
    assertThatThrownBy(() -> logIn(EMAIL, "Palette-2027"))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Incorrect username or password."));
    assertThatThrownBy(() -> logIn("nobody@example.com", PASSWORD))
        .isInstanceOf(NotAuthorizedException.class)
        .satisfies(e -> assertMessage(e, "Incorrect username or password."));
  }

  @Test
  void unconfirmedUserCannotLogIn() {
    signUp();

    assertThatThrownBy(() -> logIn(NEW_EMAIL, PASSWORD))
        .isInstanceOf(UserNotConfirmedException.class);
    assertThatThrownBy(() -> logIn(NEW_EMAIL, "Palette-2027"))
        .isInstanceOf(NotAuthorizedException.class);
  }

  @Test
  void oneAddressSignsUpOnce() {
    assertThatThrownBy(() -> signUp("ADA@example.com")).isInstanceOf(UsernameExistsException.class);
  }

  @Test
  void weakPasswordAndOddUserNameAreRefused() {
    assertThatThrownBy(() -> signUp(NEW_EMAIL, "short"))
        .isInstanceOf(InvalidPasswordException.class)
        .satisfies(
            e ->
                assertMessage(e, "Password did not conform with policy: Password not long enough"));
    assertThatThrownBy(() -> signUp("ada", PASSWORD))
        .isInstanceOf(InvalidParameterException.class)
        .satisfies(e -> assertMessage(e, "Username should be an email."));
  }

  @Test
  void onlyTheNewestCodeConfirms() {
    signUp();
    String first = codes.get(NEW_EMAIL);
    client.resendConfirmationCode(
        resend -> resend.clientId(TokenServer.CLIENT_ID).username(NEW_EMAIL));
    String second = codes.get(NEW_EMAIL);
    assertThat(second).isNotEqualTo(first).matches("\\d{6}");

    assertThatThrownBy(() -> confirm(first)).isInstanceOf(CodeMismatchException.class);
    confirm(second);

    assertThatThrownBy(() -> confirm(second)).isInstanceOf(NotAuthorizedException.class);
    assertThatThrownBy(
            () ->
                client.resendConfirmationCode(
                    resend -> resend.clientId(TokenServer.CLIENT_ID).username(NEW_EMAIL)))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void codeExpiresAfterADay() {
    signUp();

    clock.advance(Duration.ofHours(24));

    assertThatThrownBy(() -> confirm(codes.get(NEW_EMAIL)))
        .isInstanceOf(ExpiredCodeException.class);
    assertThatThrownBy(() -> confirm("nobody@example.com", "000000"))
        .isInstanceOf(ExpiredCodeException.class);
  }

  @Test
  void otherClientsAndFlowsAreRefused() {
    assertThatThrownBy(
            () ->
                client.initiateAuth(
                    auth -> auth.clientId("another").authFlow(AuthFlowType.USER_PASSWORD_AUTH)))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(
            () ->
                client.initiateAuth(
                    auth ->
                        auth.clientId(TokenServer.CLIENT_ID).authFlow(AuthFlowType.CUSTOM_AUTH)))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(
            () ->
                client.initiateAuth(
                    auth ->
                        auth.clientId(TokenServer.CLIENT_ID)
                            .authFlow(AuthFlowType.USER_PASSWORD_AUTH)
                            .authParameters(Map.of("USERNAME", EMAIL))))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void deletedUserIsGoneForGoodAndTheirTokensWithThem() throws Exception {
    signUp();
    confirm(codes.get(NEW_EMAIL));
    AuthenticationResultType tokens = logIn(NEW_EMAIL, PASSWORD);

    client.deleteUser(delete -> delete.accessToken(tokens.accessToken()));

    assertThatThrownBy(() -> logIn(NEW_EMAIL, PASSWORD)).isInstanceOf(NotAuthorizedException.class);
    assertThatThrownBy(() -> refresh(tokens.refreshToken()))
        .isInstanceOf(NotAuthorizedException.class);
    assertThatThrownBy(() -> client.getUser(get -> get.accessToken(tokens.accessToken())))
        .isInstanceOf(UserNotFoundException.class);
    assertThatThrownBy(() -> client.deleteUser(delete -> delete.accessToken(tokens.accessToken())))
        .isInstanceOf(UserNotFoundException.class);
    // Also after a restart; who signs up with the address is somebody else.
    int port = server.endpoint().getPort();
    stop();
    start(port);
    assertThatThrownBy(() -> logIn(NEW_EMAIL, PASSWORD)).isInstanceOf(NotAuthorizedException.class);
    assertThat(signUp().userSub()).isNotEqualTo(verified(tokens.accessToken()).getSubject());
  }

  @Test
  void onlyAnAccessTokenDeletesAUser() throws Exception {
    AuthenticationResultType tokens = logIn(EMAIL, PASSWORD);

    assertThatThrownBy(() -> client.deleteUser(delete -> delete.accessToken(tokens.idToken())))
        .isInstanceOf(NotAuthorizedException.class);
    client.globalSignOut(signOut -> signOut.accessToken(tokens.accessToken()));
    assertThatThrownBy(() -> client.deleteUser(delete -> delete.accessToken(tokens.accessToken())))
        .isInstanceOf(NotAuthorizedException.class);

    assertThat(logIn(EMAIL, PASSWORD).accessToken()).isNotNull();
  }

  @Test
  void accountsAndTokensSurviveARestart() throws Exception {
    AuthenticationResultType before = logIn(EMAIL, PASSWORD);
    int port = server.endpoint().getPort();
    stop();

    start(port);

    assertThat(client.getUser(get -> get.accessToken(before.accessToken())).username()).isNotNull();
    assertThat(verified(before.accessToken()).getIssuer()).isEqualTo(server.issuer());
    assertThat(refresh(before.refreshToken()).accessToken()).isNotNull();
    assertThat(logIn(EMAIL, PASSWORD).accessToken()).isNotNull();
  }

  @Test
  void neitherPasswordNorRefreshTokenIsOnDisk() throws Exception {
    String refreshToken = logIn(EMAIL, PASSWORD).refreshToken();

    assertThat(Files.readString(folder.resolve("user-pool.json")))
        .contains(EMAIL)
        .doesNotContain(PASSWORD)
        .doesNotContain(refreshToken);
  }

  @Test
  void discoveryDocumentNamesIssuerAndKeys() throws Exception {
    String document =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(server.issuer() + "/.well-known/openid-configuration"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();

    assertThat(document).contains(server.issuer()).contains(server.keys().toString());
  }

  @Test
  void namesThePortThatIsTaken() {
    int port = server.endpoint().getPort();

    assertThatThrownBy(() -> new TokenServer(port, folder, codes::put, confirmed::add, clock))
        .isInstanceOfSatisfying(
            PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port));
  }

  private void start(int port) {
    server = new TokenServer(port, folder, codes::put, this::afterConfirmation, clock);
    client =
        CognitoIdentityProviderClient.builder()
            .endpointOverride(server.endpoint())
            .region(Region.of(TokenServer.REGION))
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .build();
  }

  private void afterConfirmation(CognitoUserPoolPostConfirmationEvent event) {
    if (event.getRequest().getUserAttributes().get("email").startsWith("trigger-fails")) {
      throw new IllegalStateException("the trigger fails");
    }
    confirmed.add(event);
  }

  private SignUpResponse signUp() {
    return signUp(NEW_EMAIL);
  }

  private SignUpResponse signUp(String email) {
    return signUp(email, PASSWORD);
  }

  private SignUpResponse signUp(String email, String password) {
    return client.signUp(
        signUp ->
            signUp
                .clientId(TokenServer.CLIENT_ID)
                .username(email)
                .password(password)
                .userAttributes(AttributeType.builder().name("email").value(email).build()));
  }

  private void confirm(String code) {
    confirm(NEW_EMAIL, code);
  }

  private void confirm(String email, String code) {
    client.confirmSignUp(
        confirm -> confirm.clientId(TokenServer.CLIENT_ID).username(email).confirmationCode(code));
  }

  private AuthenticationResultType logIn(String email, String password) {
    return client
        .initiateAuth(
            auth ->
                auth.clientId(TokenServer.CLIENT_ID)
                    .authFlow(AuthFlowType.USER_PASSWORD_AUTH)
                    .authParameters(Map.of("USERNAME", email, "PASSWORD", password)))
        .authenticationResult();
  }

  private AuthenticationResultType refresh(String refreshToken) {
    return client
        .initiateAuth(
            auth ->
                auth.clientId(TokenServer.CLIENT_ID)
                    .authFlow(AuthFlowType.REFRESH_TOKEN_AUTH)
                    .authParameters(Map.of("REFRESH_TOKEN", refreshToken)))
        .authenticationResult();
  }

  /** The claims, once the published key of the token's {@code kid} has verified them. */
  private JWTClaimsSet verified(String token) throws Exception {
    SignedJWT signed = SignedJWT.parse(token);
    JWKSet keys = JWKSet.load(server.keys().toURL());
    assertThat(keys.getKeys()).noneMatch(key -> key.isPrivate());
    RSASSAVerifier verifier =
        new RSASSAVerifier(keys.getKeyByKeyId(signed.getHeader().getKeyID()).toRSAKey());
    assertThat(signed.verify(verifier)).isTrue();
    return signed.getJWTClaimsSet();
  }

  private static void assertMessage(Throwable e, String message) {
    assertThat(((AwsServiceException) e).awsErrorDetails().errorMessage()).isEqualTo(message);
  }
}
