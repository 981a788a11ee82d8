//! An entity-component system: 200 steps of 20,000 bodies, of which some leave and come back.

use bevy_ecs::prelude::*;

#[derive(Component, Clone, Copy)]
struct Position(f64, f64);

#[derive(Component, Clone, Copy)]
struct Velocity(f64, f64);

#[derive(Component)]
struct Age(u32);

#[derive(Resource, Default)]
struct Count {
    bounced: u64,
    reborn: u64,
}

fn move_all(mut query: Query<(&mut Position, &Velocity)>) {
    for (mut position, velocity) in &mut query {
        position.0 += velocity.0;
        position.1 += velocity.1;
    }
}

fn bounce(mut query: Query<(&Position, &mut Velocity), Changed<Position>>, mut count: ResMut<Count>) {
    for (position, mut velocity) in &mut query {
        if position.0.abs() > 100.0 {
            velocity.0 = -velocity.0;
            count.bounced += 1;
        }
        if position.1.abs() > 100.0 {
            velocity.1 = -velocity.1;
            count.bounced += 1;
        }
    }
}

fn grow_old(mut commands: Commands, mut query: Query<(Entity, &mut Age, &Position)>, mut count: ResMut<Count>) {
    for (entity, mut age, position) in &mut query {
        age.0 += 1;
        if age.0 % 50 == 0 {
            commands.entity(entity).despawn();
            commands.spawn((Position(position.1, position.0), Velocity(0.5, -0.25), Age(1)));
            count.reborn += 1;
        }
    }
}

fn main() {
    let mut world = World::new();
    world.init_resource::<Count>();
    for number in 0..20_000_u32 {
        let at = f64::from(number % 200) - 100.0;
        let velocity = Velocity(f64::from(number % 7) - 3.0, f64::from(number % 11) - 5.0);
        world.spawn((Position(at, -at), velocity, Age(number % 50)));
    }
    let mut schedule = Schedule::default();
    schedule.add_systems((move_all, bounce, grow_old).chain());
    for _ in 0..200 {
        schedule.run(&mut world);
    }
    let sum = world.query::<&Position>().iter(&world).fold((0.0, 0.0), |sum, at| (sum.0 + at.0, sum.1 + at.1));
    let count = world.resource::<Count>();
    println!("{} bounced, {} reborn, ({:.3}, {:.3})", count.bounced, count.reborn, sum.0, sum.1);
}
