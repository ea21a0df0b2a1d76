package io.plotpalette.infra;

import io.plotpalette.model.table.Tables;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.cognito.AccountRecovery;
import software.amazon.awscdk.services.cognito.AuthFlow;
import software.amazon.awscdk.services.cognito.AutoVerifiedAttrs;
import software.amazon.awscdk.services.cognito.ClientAttributes;
import software.amazon.awscdk.services.cognito.KeepOriginalAttrs;
import software.amazon.awscdk.services.cognito.Mfa;
import software.amazon.awscdk.services.cognito.MfaSecondFactor;
import software.amazon.awscdk.services.cognito.PasswordPolicy;
import software.amazon.awscdk.services.cognito.SignInAliases;
import software.amazon.awscdk.services.cognito.StandardAttributesMask;
import software.amazon.awscdk.services.cognito.UserPool;
import software.amazon.awscdk.services.cognito.UserPoolClient;
import software.amazon.awscdk.services.cognito.UserPoolClientOptions;
import software.amazon.awscdk.services.cognito.UserPoolGroupOptions;
import software.amazon.awscdk.services.cognito.UserPoolOperation;
import software.constructs.Construct;

/** Who may call: the user pool, its public client, its groups, and the trigger of a new user. */
public final class AuthStack extends Stack {
  private static final String TRIGGER = "io.plotpalette.api.users.PostConfirmationHandler";

  /** Cognito waits five seconds for a trigger, whatever the function allows itself. */
  private static final Duration TRIGGER_TIMEOUT = Duration.seconds(5);

  private final UserPool userPool;
  private final UserPoolClient client;

  AuthStack(
      Construct scope, Stage stage, HandlerFunction.Template functions, DatabaseStack database) {
    super(scope, stage.physicalName("auth"));
    userPool =
        UserPool.Builder.create(this, "UserPool")
            .userPoolName(stage.physicalName("users"))
            .signInAliases(SignInAliases.builder().email(true).build())
            .signInCaseSensitive(false)
            .selfSignUpEnabled(true)
            .autoVerify(AutoVerifiedAttrs.builder().email(true).build())
            .keepOriginal(KeepOriginalAttrs.builder().email(true).build())
            .passwordPolicy(
                PasswordPolicy.builder()
                    .minLength(12)
                    .requireDigits(true)
                    .requireLowercase(true)
                    .requireSymbols(true)
                    .requireUppercase(true)
                    .build())
            .mfa(Mfa.OPTIONAL)
            .mfaSecondFactor(MfaSecondFactor.builder().otp(true).sms(false).build())
            .accountRecovery(AccountRecovery.EMAIL_ONLY)
            .deletionProtection(stage.keepsData())
            .removalPolicy(stage.removalOfData())
            .build();
    Suppressions.accept(
        userPool,
        "AwsSolutions-COG2",
        "A second factor is each user's choice; forcing it is a decision of the operator.");
    Suppressions.accept(
        userPool,
        "AwsSolutions-COG3",
        "Threat protection needs the Plus plan, priced per active user; throttling and the"
            + " password policy stand until an operator buys it.");
    // Roles are groups: attributes could be written by the users themselves.
    for (String group : new String[] {"admin", "user"}) {
      userPool.addGroup("Group-" + group, UserPoolGroupOptions.builder().groupName(group).build());
    }
    client = userPool.addClient("Client", publicClient());

    HandlerFunction postConfirmation =
        new HandlerFunction(
            this,
            "PostConfirmation",
            functions,
            new HandlerFunction.Options(
                "post-confirmation",
                TRIGGER,
                TRIGGER_TIMEOUT,
                database.access(Tables.USERS, "dynamodb:PutItem")));
    userPool.addTrigger(UserPoolOperation.POST_CONFIRMATION, postConfirmation.live());

    CfnOutput.Builder.create(this, "UserPoolId").value(userPool.getUserPoolId()).build();
    CfnOutput.Builder.create(this, "ClientId").value(client.getUserPoolClientId()).build();
  }

  /** A page or a command line, which cannot keep a secret. */
  private static UserPoolClientOptions publicClient() {
    ClientAttributes email =
        new ClientAttributes()
            .withStandardAttributes(StandardAttributesMask.builder().email(true).build());
    return UserPoolClientOptions.builder()
        .generateSecret(false)
        .disableOAuth(true)
        .authFlows(AuthFlow.builder().userPassword(true).userSrp(true).build())
        .accessTokenValidity(Duration.hours(1))
        .idTokenValidity(Duration.hours(1))
        .refreshTokenValidity(Duration.days(30))
        .enableTokenRevocation(true)
        .preventUserExistenceErrors(true)
        .readAttributes(email)
        .writeAttributes(email)
        .build();
  }

  UserPool userPool() {
    return userPool;
  }

  UserPoolClient client() {
    return client;
  }
}
