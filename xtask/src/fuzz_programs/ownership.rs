//! Statements that move, drop, replace or keep what is owned.

use super::generator::Generator;
use super::types::{AdtKind, Type, U64};

impl Generator {
    pub fn make_noisy(&mut self) {
        let value = self.expression(&Type::Int(U64), 1);
        let id = self.point_id();
        self.bind(Type::Noisy, &format!("noisy({id}, {value})"));
    }

    /// Moves, drops or replaces something that is owned.
    pub fn ownership_statement(&mut self) {
        let depth = self.depth;
        let owned: Vec<usize> = (0..self.variables.len())
            .filter(|&it| {
                let variable = &self.variables[it];
                !variable.hidden
                    && variable.mutable
                    && variable.depth == depth
                    && !variable.place.starts_with('(')
                    && !self.is_copy(&variable.ty)
            })
            .collect();
        if owned.is_empty() {
            return self.make_noisy();
        }
        let index = *self.rng.pick(&owned);
        let (place, ty) = (self.variables[index].place.clone(), self.variables[index].ty.clone());
        match self.rng.below(8) {
            // Moved for good.
            0 => {
                self.line(format!("drop({place});"));
                self.variables[index].hidden = true;
            }
            1 => {
                self.variables[index].hidden = true;
                self.bind(ty, &place);
            }
            // Moved only if something holds: a drop flag.
            2 | 3 => {
                let condition = self.expression(&Type::Bool, 2);
                self.line(format!("if {condition} {{ drop({place}); }}"));
                self.variables[index].hidden = true;
                if self.rng.percent(50) {
                    let value = self.expression(&ty, 2);
                    self.line(format!("{place} = {value};"));
                    self.variables[index].hidden = false;
                }
            }
            4 => {
                let value = self.expression(&ty, 2);
                self.line(format!("{place} = {value};"));
            }
            5 => {
                let value = self.expression(&ty, 2);
                let name = self.name("v");
                self.line(format!("let mut {name} = {value};"));
                self.line(format!("{name} = std::mem::replace(&mut {place}, {name});"));
                self.declare(name, ty, true);
            }
            // A part is moved out; the rest stays to be dropped.
            6 => {
                let parts: Vec<(String, Type)> = match &ty {
                    Type::Tuple(types) => {
                        types.iter().enumerate().map(|(index, ty)| (index.to_string(), ty.clone())).collect()
                    }
                    Type::Adt(adt, args) => match &self.types.adts[*adt].kind {
                        AdtKind::Struct(shape) => {
                            let part = |(index, ty): (usize, &Type)| (shape.field(index), ty.substitute(args));
                            shape.fields.iter().enumerate().map(part).collect()
                        }
                        _ => Vec::new(),
                    },
                    _ => Vec::new(),
                };
                let parts: Vec<_> = parts.into_iter().filter(|it| !self.is_copy(&it.1)).collect();
                if parts.is_empty() {
                    return self.make_noisy();
                }
                let (field, ty) = self.rng.pick(&parts).clone();
                self.variables[index].hidden = true;
                self.bind(ty, &format!("{place}.{field}"));
            }
            _ => {
                self.variables[index].hidden = true;
                let id = self.point_id();
                self.line(format!("apply_once(move || point({id}, &{place}));"));
            }
        }
    }

    /// Something owned that is dropped by hand, or never.
    pub fn kept_statement(&mut self) {
        let ty = self.any_type(false);
        let value = self.expression(&ty, 2);
        let (name, id, text) = (self.name("k"), self.point_id(), self.text(&ty));
        let tell = if matches!(ty, Type::FnPtr(..)) { String::new() } else { format!("point({id}, &*{name}); ") };
        self.line(format!("let mut {name} = std::mem::ManuallyDrop::<{text}>::new({value}); {tell}"));
        let condition = self.expression(&Type::Bool, 1);
        let end = match self.rng.below(3) {
            0 => format!("unsafe {{ std::mem::ManuallyDrop::drop(&mut {name}); }}"),
            1 => {
                self.bind(ty, &format!("std::mem::ManuallyDrop::into_inner({name})"));
                return;
            }
            _ => format!("let _ = unsafe {{ std::mem::ManuallyDrop::take(&mut {name}) }};"),
        };
        self.line(format!("if {condition} {{ {end} }}"));
    }
}
